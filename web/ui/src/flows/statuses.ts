/** Colours of states; the words stand in the texts. */
export const STATUS_COLORS: Readonly<Record<string, string>> = {
  running: "blue",
  ready: "blue",
  waiting: "orange",
  open: "orange",
  completed: "green",
  done: "green",
  approved: "green",
  failed: "red",
  rejected: "red",
  returned: "gold",
  cancelled: "grey",
};
