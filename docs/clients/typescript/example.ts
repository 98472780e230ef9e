/** The client in use, kept compiling: a condition with its sources, the research with filters, and a call asked for. */
import { clinicClient, type ClinicClient, type Schemas } from "./client.ts";

/** What a failed request says to the person in front of the screen. */
function explain(problem: Schemas["Problem"]): string {
  return [problem.detail ?? problem.title, ...(problem.errors ?? []).map((error) => error.msg)].join(" ");
}

/** One heading or text of a page's body; the type of a block tells its value. */
function blockText(block: Schemas["ConditionPage"]["body"][number]): string {
  switch (block.type) {
    case "heading":
      return `<h2>${block.value}</h2>`;
    case "text":
      return block.value;
    default:
      return "";
  }
}

export async function conditionHtml(api: ClinicClient, slug: string): Promise<string> {
  const { data, error } = await api.GET("/api/v3/conditions/{slug}/", { params: { path: { slug } } });
  if (!data) throw new Error(explain(error));
  const facts = data.facts.map((fact) => {
    const sources = fact.sources.map((source) => `${source.number} (${source.stance_label})`);
    return `${fact.statement} [${sources.join(", ")}]`;
  });
  return [data.title, data.summary, ...facts, ...data.body.map(blockText)].join("\n");
}

export async function studiesThatFoundNothing(api: ClinicClient, topic: string): Promise<string[]> {
  const { data, error } = await api.GET("/api/v3/research/citations/", {
    params: { query: { topic: [topic], finding: ["no-benefit", "harm"], order: "-year" } },
  });
  if (!data) throw new Error(explain(error));
  return data.items.map((citation) => `${citation.issued?.year ?? ""} ${citation.title}`);
}

/** `key` is made once for each filled-in form, so that sending it twice stores it once. */
export async function askForCall(api: ClinicClient, key: string, name: string, phone: string): Promise<string> {
  const { data, error } = await api.POST("/api/v3/forms/{slug}/submissions/", {
    params: { path: { slug: "schedule-a-call" }, header: { "Idempotency-Key": key } },
    body: {
      answers: {
        your_name: name,
        how_should_we_reach_you: "Phone",
        phone_number: phone,
        consent_to_be_contacted: true,
      },
    },
  });
  if (!data) return explain(error);
  const first = data.crisis ? `${data.crisis.lines.map((line) => `${line.name}: ${line.phone}`).join(", ")}. ` : "";
  return `${first}${data.thanks_heading} ${data.reference}`;
}

export const demo: ClinicClient = clinicClient("http://127.0.0.1:8000");
