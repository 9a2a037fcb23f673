// One stylesheet of many: follows @import, minifies, and writes what the browsers we name understand.
// `node infra/styles.mjs <in.css> <out.css>`.
import { writeFileSync } from "node:fs";
import { bundle, Features } from "lightningcss";

const version = (major, minor = 0) => (major << 16) | (minor << 8);
const [filename, out] = process.argv.slice(2);
const { code } = bundle({
    filename,
    minify: true,
    targets: { chrome: version(111), firefox: version(128), safari: version(16, 4), ios_saf: version(16, 4) },
    include: Features.Nesting | Features.MediaQueries,
    exclude: Features.LogicalProperties | Features.DirSelector | Features.LightDark,
});
// styles/preflight.css is under the licence of whom it comes from.
const licence = "/*! tailwindcss v4.3.5 | MIT License | https://tailwindcss.com */\n";
writeFileSync(out, licence + code);
