// The tests of MDN's observatory on one captured answer: its scanner reaches public names only.
// Reads {url, status, headers, body} as JSON; prints {grade, score, failed}.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { AxiosHeaders } from "axios";
import { CookieJar } from "tough-cookie";
// Browsers' list of preloaded hosts is not fetched: ours would not be on it.
const preloaded = fileURLToPath(
  new URL("node_modules/@mdn/mdn-http-observatory/conf/hsts-preload.json", import.meta.url),
);
if (!existsSync(preloaded)) writeFileSync(preloaded, "{}");
import { ALL_TESTS } from "@mdn/mdn-http-observatory/src/constants.js";
import { MINIMUM_SCORE_FOR_EXTRA_CREDIT } from "@mdn/mdn-http-observatory/src/grader/charts.js";
import { getGradeForScore, getScoreModifier } from "@mdn/mdn-http-observatory/src/grader/grader.js";
import { Requests } from "@mdn/mdn-http-observatory/src/types.js";

const given = JSON.parse(readFileSync(0, "utf8"));
const url = new URL(given.url);
const answer = (at) => ({
  status: given.status,
  headers: new AxiosHeaders(given.headers),
  data: given.body,
  verified: true,
  request: { res: { responseUrl: at.href } },
});
const seen = new Requests(url.hostname);
const plain = new URL(given.url);
plain.protocol = "http:";
seen.responses.auto = answer(url);
seen.responses.https = answer(url);
seen.responses.http = answer(url);
seen.responses.cors = answer(url);
seen.responses.httpRedirects = [
  { url: plain, status: 308 },
  { url, status: 200 },
];
seen.responses.httpsRedirects = [{ url, status: 200 }];
seen.resources.path = given.body;
const jar = new CookieJar();
for (const each of given.cookies ?? []) jar.setCookieSync(each, given.url);
seen.session = { url, jar, response: seen.responses.auto };

let plainScore = 100;
let fullScore = 100;
const failed = [];
for (const test of ALL_TESTS) {
  const found = test(seen);
  const points = found.result ? getScoreModifier(found.result) : 0;
  fullScore += points;
  if (points < 0) plainScore += points;
  if (!found.pass) failed.push(`${found.constructor.name}: ${found.result}`);
}
const score = plainScore >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? fullScore : plainScore;
console.log(JSON.stringify({ ...getGradeForScore(score), failed }));
