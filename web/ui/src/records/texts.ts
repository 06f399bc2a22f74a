import { defineTexts } from "../lib/texts";

export const texts = defineTexts(
  {
    "list.title": "列表",
  },
  {
    "list.title": "List",
  },
);
