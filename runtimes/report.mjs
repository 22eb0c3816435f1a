/** Sends what the work finds, or why it failed, to the address that the page was opened with. */
export async function report(work) {
  const body = await work().catch((error) => ({ error: `${error}\n${error.stack}` }));
  await fetch(new URLSearchParams(location.search).get("report"), { method: "POST", body: JSON.stringify(body) });
}
