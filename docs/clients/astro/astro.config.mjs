import node from "@astrojs/node";
import { defineConfig } from "astro/config";

export default defineConfig({
  // Every page is a file, but for the two that depend on who asks: the research with its filters, and previews.
  adapter: node({ mode: "standalone" }),
  build: { inlineStylesheets: "never" },
  devToolbar: { enabled: false },
  // The typed client lies beside this folder; what it imports is installed here.
  vite: { resolve: { dedupe: ["openapi-fetch"] } },
});
