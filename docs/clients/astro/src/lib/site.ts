/** The running clinic site that this front end is built from, and the types of its answers. */
import { clinicClient, type Schemas } from "../../../typescript/client.ts";

export type { Schemas };
export const SITE: string = import.meta.env.PUBLIC_CLINIC_SITE ?? "http://127.0.0.1:8000";
export const api = clinicClient(SITE);

/** The answer, or an error that stops the build with what the API said. */
export function answered<T>(result: { data?: T; error?: Schemas["Problem"] }): T {
  if (result.data === undefined) throw new Error(result.error?.detail ?? result.error?.title ?? "The site did not answer.");
  return result.data;
}
