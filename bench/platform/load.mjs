// Opens one address with a slowed-down processor and network; prints what was loaded and when the largest thing stood.
import { createRequire } from "node:module";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const options = JSON.parse(process.argv[2]);
const browser = await chromium.launch({
  executablePath: options.chromium,
  headless: true,
  args: ["--no-sandbox", "--disable-gpu"],
});
const found = [];
for (let round = 0; round < options.rounds; round += 1) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 });
  if (options.token) {
    const { hostname } = new URL(options.url);
    await context.addCookies([{ name: "tutor_session", value: options.token, domain: hostname, path: "/" }]);
  }
  const page = await context.newPage();
  const wire = await context.newCDPSession(page);
  await wire.send("Network.enable");
  // Slow 4G as Lighthouse has it: 150 ms round trip, 1.6 Mbit/s down, 750 kbit/s up.
  await wire.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 150,
    downloadThroughput: (1.6 * 1024 * 1024) / 8,
    uploadThroughput: (750 * 1024) / 8,
  });
  await wire.send("Emulation.setCPUThrottlingRate", { rate: options.slower });
  const bytes = { Script: 0, all: 0 };
  const kinds = new Map();
  wire.on("Network.responseReceived", ({ requestId, type }) => kinds.set(requestId, type));
  wire.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    bytes.all += encodedDataLength;
    if (kinds.get(requestId) === "Script") bytes.Script += encodedDataLength;
  });
  await page.goto(options.url, { waitUntil: "load" });
  if (options.until) await page.locator(options.until).first().waitFor({ timeout: 60_000 });
  const largest = await page.evaluate(
    () =>
      new Promise((resolve) => {
        let last = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) last = entry.startTime;
        }).observe({ type: "largest-contentful-paint", buffered: true });
        setTimeout(() => resolve(last), 1500);
      }),
  );
  found.push({ largest_ms: largest, script_bytes: bytes.Script, bytes: bytes.all });
  await context.close();
}
await browser.close();
console.log(JSON.stringify(found));
