import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Firefox is only opened at a page; what the page finds it reports itself. */
export async function startFirefox(executable) {
  return {
    async open(url) {
      const profile = mkdtempSync(join(tmpdir(), "firefox-"));
      writeFileSync(
        join(profile, "user.js"),
        [
          "app.update.enabled",
          "browser.shell.checkDefaultBrowser",
          "datareporting.policy.dataSubmissionEnabled",
          "network.captive-portal-service.enabled",
        ]
          .map((name) => `user_pref("${name}", false);\n`)
          .join(""),
      );
      const browser = spawn(executable, ["--headless", "--no-remote", "--profile", profile, url], {
        stdio: "ignore",
        env: { ...process.env, HOME: profile, MOZ_DISABLE_CONTENT_SANDBOX: "1" },
      });
      const ended = new Promise((resolve) => browser.on("exit", resolve));
      return {
        async close() {
          browser.kill("SIGTERM");
          await ended;
          rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
        },
      };
    },
    async stop() {},
  };
}
