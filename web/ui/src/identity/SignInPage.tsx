import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Alert, Button, Form, Input } from "antd";
import { LockKeyhole, UserRound } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../lib/api";
import { asLanguage, LANGUAGE_NAMES, LANGUAGES } from "../lib/language";
import { usePreferences } from "../lib/preferences";
import { asProblem, NETWORK } from "../lib/problem";
import { keys } from "../lib/query_keys";
import { type Session, sessionKey } from "../lib/session";
import { Logo } from "../ui/Logo";
import { useDocumentTitle } from "../ui/use_document_title";
import { useLanguage } from "../ui/use_language";
import { BracketArt } from "./BracketArt";
import { DemoAccounts, type DemoJson } from "./DemoAccounts";
import { safeReturn } from "./return_path";
import styles from "./SignInPage.module.css";

interface Credentials {
  readonly username: string;
  readonly password: string;
}

const DEMO_PASSWORD = "demo";

function SignInPageLanguages(): JSX.Element {
  const { t, i18n } = useTranslation("identity");
  const language = useLanguage();
  const setLanguage = usePreferences((state) => state.setLanguage);
  return (
    <nav className={styles.languages} aria-label={t("sign_in.language")}>
      {LANGUAGES.map((one) => (
        <button
          key={one}
          type="button"
          lang={one}
          aria-pressed={one === language}
          onClick={() => {
            setLanguage(asLanguage(one) ?? language);
            void i18n.changeLanguage(one);
          }}
        >
          {LANGUAGE_NAMES[one]}
        </button>
      ))}
    </nav>
  );
}

function useSignIn() {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const { return: back } = useSearch({ from: "/sign-in" });
  return useMutation({
    mutationFn: (credentials: Credentials) => api.post<Session>("/api/session", credentials),
    meta: { handlesProblem: true },
    onSuccess: async () => {
      queryClient.removeQueries({ queryKey: sessionKey });
      await navigate({ href: safeReturn(back), replace: true });
    },
  });
}

export function SignInPage(): JSX.Element {
  const { t } = useTranslation(["identity", "ui"]);
  useDocumentTitle(t("sign_in.title"));
  const signIn = useSignIn();
  const demo = useQuery({
    queryKey: keys.demo(),
    queryFn: ({ signal }) => api.get<DemoJson>("/api/demo", { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const problem = signIn.error ? asProblem(signIn.error) : null;
  const refusal = problem?.code === NETWORK ? t("ui:problem.network") : problem?.detail || problem?.title;
  return (
    <div className={styles.page}>
      <aside className={styles.art}>
        <BracketArt />
        <p className={styles.lead}>{t("sign_in.lead")}</p>
        <ul className={styles.points}>
          <li>{t("point.forms")}</li>
          <li>{t("point.flows")}</li>
          <li>{t("point.rights")}</li>
        </ul>
      </aside>
      <main className={styles.main}>
        <SignInPageLanguages />
        <div className={styles.panel}>
          <div className={styles.brand}>
            <Logo size={40} />
            <h1 className={styles.title}>{t("sign_in.title")}</h1>
          </div>
          {problem ? <Alert type="error" title={refusal || t("ui:problem.unexpected")} showIcon role="alert" /> : null}
          <Form<Credentials> layout="vertical" requiredMark={false} onFinish={signIn.mutate}>
            <Form.Item
              name="username"
              label={t("sign_in.username")}
              rules={[{ required: true, message: t("sign_in.username_missing") }]}
            >
              <Input
                size="large"
                prefix={<UserRound size={16} />}
                autoComplete="username"
                autoCapitalize="none"
                autoFocus
              />
            </Form.Item>
            <Form.Item
              name="password"
              label={t("sign_in.password")}
              rules={[{ required: true, message: t("sign_in.password_missing") }]}
            >
              <Input.Password size="large" prefix={<LockKeyhole size={16} />} autoComplete="current-password" />
            </Form.Item>
            <Button type="primary" size="large" htmlType="submit" block loading={signIn.isPending}>
              {t("sign_in.submit")}
            </Button>
          </Form>
          {demo.data?.demo ? (
            <DemoAccounts
              users={demo.data.users}
              isDisabled={signIn.isPending}
              onChoose={(username) => signIn.mutate({ username, password: DEMO_PASSWORD })}
            />
          ) : null}
        </div>
      </main>
    </div>
  );
}
