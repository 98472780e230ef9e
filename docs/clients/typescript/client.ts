/** Typed access to the clinic's API: addresses, parameters and answers are checked as you write. */
import createClient, { type Client, type ClientOptions } from "openapi-fetch";

import type { components, paths } from "./schema.d.ts";

/** The shapes of the API's answers by name, e.g. `Schemas["ConditionPage"]`. */
export type Schemas = components["schemas"];

export type ClinicClient = Client<paths>;

/**
 * A client of one clinic's site.
 *
 * @param baseUrl where the site answers, without a path, e.g. `https://clinic.example`
 * @param options anything else that `fetch` or openapi-fetch takes, e.g. `headers` with a token
 */
export function clinicClient(baseUrl: string, options: Omit<ClientOptions, "baseUrl"> = {}): ClinicClient {
  return createClient<paths>({ ...options, baseUrl });
}
