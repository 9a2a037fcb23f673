// tus-js-client as it comes, told by one JSON argument; says the upload's address, and "done" at its end.
import { createReadStream } from "node:fs";
import { Upload } from "tus-js-client";

const { endpoint, headers, file, size, chunk, url, stopAt, delays } = JSON.parse(process.argv[2]);
const upload = new Upload(createReadStream(file), {
  endpoint,
  headers,
  uploadUrl: url ?? null,
  uploadSize: size,
  chunkSize: chunk,
  retryDelays: delays ?? null,
  metadata: { filename: "letter.pdf" },
  onError: (failure) => {
    console.error(String(failure));
    process.exit(1);
  },
  onUploadUrlAvailable: () => console.log(upload.url),
  onChunkComplete: async (_, accepted) => {
    console.log(`kept ${accepted}`);
    if (!stopAt || accepted < stopAt) return;
    await upload.abort();
    process.exit(0);
  },
  onSuccess: () => {
    console.log("done");
    process.exit(0);
  },
});
upload.start();
