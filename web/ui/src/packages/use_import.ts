import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { InstalledApp } from "../lib/installed_apps";
import { toast } from "../ui/toast";
import { bring, type Choices, type ImportReport } from "./package_types";
import { type Trial, useTrial, type Wanted } from "./use_trial";

export interface AppImporting {
  readonly file: File | null;
  readonly take: (file: File) => void;
  readonly hasData: boolean;
  readonly setHasData: (hasData: boolean) => void;
  readonly choices: Choices;
  readonly choose: (choices: Choices) => void;
  readonly trial: Trial;
  /** Does it, with the preview's revision. */
  readonly done: UseMutationResult<ImportReport, Error, number>;
  readonly tryAgain: () => void;
}

/** A file on its way in: chosen, tried, decided, done. `upgrade` is the app to upgrade, `null` imports what the file holds. */
export function useImport(upgrade: InstalledApp | null, onClose: () => void): AppImporting {
  const { t } = useTranslation("packages");
  const queryClient = useQueryClient();
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const [hasData, setHasData] = useState(false);
  const [choices, choose] = useState<Choices>({});
  const done = useMutation({
    mutationFn: (revision: number) => {
      if (!wanted) throw new Error("no file is chosen");
      return bring({ file: wanted.file, upgrade: upgrade?.key ?? null, hasData, choices }, revision);
    },
    meta: { handlesProblem: true },
    onSuccess: async (report) => {
      if (!upgrade) {
        toast.success(t("import.done", { apps: report.apps.map((app) => app.title).join(", ") }));
        onClose();
      }
      await queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] !== "trial" });
    },
  });
  const trial = useTrial(wanted, upgrade?.key ?? null, hasData, choices);
  return {
    file: wanted?.file ?? null,
    take: (file) => {
      setWanted({ id: (wanted?.id ?? 0) + 1, file });
      choose({});
      done.reset();
    },
    hasData,
    setHasData,
    choices,
    choose: (next) => {
      choose(next);
      done.reset();
    },
    trial,
    done,
    tryAgain: () => {
      done.reset();
      trial.tryAgain();
    },
  };
}
