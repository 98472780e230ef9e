import { defineConfig } from "astro/config";

// The typed client lies beside this folder; what it imports is installed here.
export default defineConfig({ vite: { resolve: { dedupe: ["openapi-fetch"] } } });
