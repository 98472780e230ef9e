/** The clinic's site that this front end shows, and the types of its answers. */
import { clinicClient, type Schemas } from "../../../typescript/client.ts";

export type { Schemas };
export const SITE: string = import.meta.env.PUBLIC_CLINIC_SITE ?? "http://127.0.0.1:8000";
export const api = clinicClient(SITE);

/** A page of any type: what `pages/find` gives. Its `type` tells which. */
export type AnyPage = NonNullable<Awaited<ReturnType<typeof findPage>>>;
/** A block of a body. Its `type` tells which. */
export type Block = Schemas["StandardPage"]["body"][number];

/** The answer, or an error that stops the build with what the API said. */
export function answered<T>(result: { data?: T; error?: Schemas["Problem"] }): T {
  if (result.data === undefined) throw new Error(result.error?.detail ?? result.error?.title ?? "The site did not answer.");
  return result.data;
}

export async function findPage(path: string) {
  return answered(await api.GET("/api/v3/pages/find/", { params: { query: { html_path: path } } }));
}

/** The paths of all pages in the language of the site, e.g. "/conditions/ptsd/". */
export async function allPaths(): Promise<string[]> {
  const paths: string[] = [];
  for (let offset = 0; ; offset += 100) {
    const { items, count } = answered(await api.GET("/api/v3/sitemap/", { params: { query: { limit: 100, offset } } }));
    paths.push(...items.map((item) => new URL(item.html_url ?? "/", SITE).pathname));
    if (offset + 100 >= count) return paths;
  }
}
