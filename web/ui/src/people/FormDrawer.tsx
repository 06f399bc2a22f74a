import { Alert, Button, Drawer, Form, type FormInstance } from "antd";
import type { JSX, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import styles from "./people.module.css";

interface FormDrawerProps<Values> {
  readonly form: FormInstance<Values>;
  readonly title: string;
  readonly saveText: string;
  readonly initialValues: Partial<Values>;
  /** What the server refused that no input can show. */
  readonly refusal: string | null;
  readonly isSaving: boolean;
  readonly onSave: (values: Values) => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A form at the side of a page: its inputs, what was refused, and the way out. */
export function FormDrawer<Values>(props: FormDrawerProps<Values>): JSX.Element {
  const { t } = useTranslation("ui");
  return (
    <Drawer
      open
      size="min(520px, 100vw)"
      title={props.title}
      onClose={props.onClose}
      destroyOnHidden
      footer={
        <div className={styles.foot}>
          <Button onClick={props.onClose}>{t("cancel")}</Button>
          <Button type="primary" loading={props.isSaving} onClick={() => props.form.submit()}>
            {props.saveText}
          </Button>
        </div>
      }
    >
      {props.refusal ? <Alert className={styles.alert} type="error" title={props.refusal} role="alert" /> : null}
      <Form form={props.form} layout="vertical" initialValues={props.initialValues} onFinish={props.onSave}>
        {props.children}
      </Form>
    </Drawer>
  );
}
