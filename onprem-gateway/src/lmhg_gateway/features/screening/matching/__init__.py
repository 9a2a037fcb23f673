"""What screening compares texts by, one kind of match a file. Pure.

In the order of the work; a text is made plain first, by `lmhg_kit/normalizer.py`:

* `reading.py`: a text as every rule reads it: made plain, in words, worked out once
* `names.py`: which words are a client's name, and what must stand around them
* `name_index.py`: under which words each client is known
* `word_lists.py`: nicknames, first names, common words, titles and signs of a person, from `data/`
* `sounds.py`: when two spellings of a first name are one
* `unspaced.py`: names in scripts that are written without spaces
* `masks.py`: names that are no client's: colleagues, known phrases, words that officers allowed
* `dates.py`: birth dates, in the ways that people write them
* `numbers.py`: phones, emails and record numbers of clients
* `addresses.py`: the house number with the street behind it
* `patterns.py`: shapes that identify anyone: SSN, card, insurance and record numbers, diagnosis, address
* `guardians.py`: who is named in the field for a guardian
* `counting.py`: counting clients in and out of the indexes
"""
