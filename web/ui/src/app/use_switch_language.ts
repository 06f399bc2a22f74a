import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../lib/api";
import type { Language } from "../lib/language";
import { usePreferences } from "../lib/preferences";
import { type Session, sessionKey } from "../lib/session";

/** Changes the language at once, tells the account, and reads again what the server had put into words. */
export function useSwitchLanguage(): (language: Language) => void {
  const { i18n } = useTranslation();
  const queryClient = useQueryClient();
  const setLanguage = usePreferences((state) => state.setLanguage);
  const save = useMutation({
    mutationFn: (language: Language) => api.patch<Session>("/api/session", { language }),
    onSuccess: () => queryClient.invalidateQueries(),
  });
  return (language) => {
    setLanguage(language);
    void i18n.changeLanguage(language);
    queryClient.setQueryData<Session>(sessionKey, (session) =>
      session ? { ...session, user: { ...session.user, language } } : session,
    );
    save.mutate(language);
  };
}
