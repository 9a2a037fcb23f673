// Unpacks the browser of @sparticuz/chromium into a folder: `node unpack.mjs <folder>`.
import { createReadStream, createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { extract } from "tar-fs";

const from = join(import.meta.dirname, "node_modules/@sparticuz/chromium/bin");
const into = resolve(process.argv[2]);
mkdirSync(into, { recursive: true });

const unpack = (name, target) =>
    pipeline(createReadStream(join(from, name)), createBrotliDecompress(), target);

await unpack("chromium.br", createWriteStream(join(into, "chromium"), { mode: 0o755 }));
for (const archive of ["al2023", "fonts", "swiftshader"]) {
    await unpack(`${archive}.tar.br`, extract(into));
}
// The package's own list of font folders knows only its author's cloud.
writeFileSync(
    join(into, "fonts.conf"),
    `<?xml version="1.0"?>\n<fontconfig><dir>${into}/fonts</dir><cachedir>${into}/cache</cachedir></fontconfig>\n`,
);
