import { defineTexts } from "../lib/texts";

export const texts = defineTexts(
  {
    "table.rows_one": "{{count}} 行",
    "table.rows_other": "{{count}} 行",
  },
  {
    "table.rows_one": "{{count}} row",
    "table.rows_other": "{{count}} rows",
  },
);
