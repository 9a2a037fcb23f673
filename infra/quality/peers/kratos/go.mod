module lmhg.example/peers/kratos

go 1.26

require github.com/ory/kratos v1.3.1

// What Ory builds with itself; the module that it names cannot be fetched.
replace github.com/gobuffalo/pop/v6 => github.com/ory/pop/v6 v6.2.1-0.20241121111754-e5dfc0f3344b
