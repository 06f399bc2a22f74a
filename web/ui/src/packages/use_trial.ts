import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { bring, type Choices, type ImportReport } from "./package_types";

/** A file to bring in; `id` tells one choice of a file from the next. */
export interface Wanted {
  readonly id: number;
  readonly file: File;
}

export interface Trial {
  /** What the file would do: told again when every conflict is chosen, and again when a choice changes. */
  readonly report: ImportReport | null;
  /** The report is that of what was chosen, so that it may be confirmed. */
  readonly isSettled: boolean;
  readonly isReading: boolean;
  readonly error: Error | null;
  readonly tryAgain: () => void;
}

/** Tries an import and takes it back, so that nothing goes in that was not shown before. */
export function useTrial(wanted: Wanted | null, upgrade: string | null, hasData: boolean, choices: Choices): Trial {
  const [shown, setShown] = useState<{ readonly id: number; readonly report: ImportReport } | null>(null);
  const report = shown && shown.id === wanted?.id ? shown.report : null;
  const isComplete = report?.conflicts.every(({ pointer }) => choices[pointer]) ?? false;
  const applied = isComplete ? choices : {};
  const query = useQuery({
    queryKey: ["apps", "trial", upgrade, wanted?.id, hasData, applied],
    queryFn: () => {
      if (!wanted) throw new Error("no file is chosen");
      return bring({ file: wanted.file, upgrade, hasData, choices: applied }, null);
    },
    enabled: wanted !== null,
    retry: false,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (wanted && query.data && query.data !== shown?.report) setShown({ id: wanted.id, report: query.data });
  return {
    report,
    isSettled: isComplete && query.data === report && !query.isFetching && !query.error,
    isReading: query.isFetching,
    error: query.error,
    tryAgain: () => void query.refetch(),
  };
}
