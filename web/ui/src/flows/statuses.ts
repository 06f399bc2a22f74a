/** Colours of states; the words stand in the texts. */
export const STATUS_COLORS: Readonly<Record<string, string>> = {
  running: "blue",
  sending: "blue",
  sent: "green",
  dead: "red",
  dropped: "grey",
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
