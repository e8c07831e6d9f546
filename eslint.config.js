import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["assets/vendor"] },
  js.configs.recommended,
  {
    files: ["assets/**/*.js"],
    languageOptions: { globals: globals.browser },
    rules: { eqeqeq: "error", "no-var": "error", "prefer-const": "error" },
  },
  { files: ["assets/site/worker.js"], languageOptions: { sourceType: "script", globals: globals.serviceworker } },
];
