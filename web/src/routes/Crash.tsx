import { Component, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";
import { Notice } from "../ui/Notice";

/** Catches what no page expected, and offers the way out. */
export class Crash extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError(): { crashed: boolean } {
    return { crashed: true };
  }

  override render(): ReactNode {
    return this.state.crashed ? <Crashed /> : this.props.children;
  }
}

function Crashed() {
  const { t } = useTranslation();
  return (
    <main className="page">
      <h1>{t("errors.title")}</h1>
      <Notice actions={<Button onClick={() => location.reload()}>{t("errors.reload")}</Button>}>
        {t("errors.crashed")}
      </Notice>
    </main>
  );
}
