import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { formatDecimal } from "../lib/format";
import { asProblem } from "../lib/problem";
import { keys } from "../lib/query_keys";
import { toast } from "../ui/toast";
import { followExport, myExportsQuery, saveExport, startExport } from "./exports";
import type { ListSource } from "./list_source";
import type { SheetFormat } from "./sheets";
import type { RecordListModel } from "./use_record_list";

/** Export the list as it is shown: the file is saved when it is there, as long as the page is open. */
export function useExport(source: ListSource, list: RecordListModel, search: string | undefined) {
  const { t } = useTranslation(["records", "ui"]);
  const queryClient = useQueryClient();
  return async (format: SheetFormat): Promise<void> => {
    try {
      const run = await followExport(await startExport(source, list, search, format));
      if (run === null) return;
      void queryClient.invalidateQueries({ queryKey: myExportsQuery().queryKey });
      void queryClient.invalidateQueries({ queryKey: keys.notifications() });
      if (run.status === "completed") {
        saveExport(run.id);
        toast.success(t("export.done", { file: run.file_name, total: formatDecimal(run.rows_written) }));
      } else if (run.status === "cancelled") toast.info(t("export.status.cancelled"));
      else toast.error(run.error?.detail ?? t("export.status.failed"));
    } catch (error) {
      toast.problem(asProblem(error), t("ui:problem.unexpected"));
    }
  };
}
