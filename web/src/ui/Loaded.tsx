import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import { Notice } from "./Notice";
import { useErrorText } from "./useErrorText";
import type { Resource } from "./useResource";

interface Props<T> {
  resource: Resource<T>;
  again: () => void;
  children: (value: T) => ReactNode;
}

/** A part of the page that has to be fetched: waiting, failed with a way out, or there. */
export function Loaded<T>({ resource, again, children }: Props<T>) {
  const { t } = useTranslation();
  if (resource.state === "loading") {
    return (
      <p className="waiting" role="status">
        {t("common.loading")}
      </p>
    );
  }
  if (resource.state === "failed") {
    return <Failed error={resource.error} again={again} />;
  }
  return children(resource.value);
}

export function Failed({ error, again }: { error: unknown; again: () => void }) {
  const { t } = useTranslation();
  const { text, id } = useErrorText()(error);
  return (
    <Notice actions={<Button onClick={again}>{t("common.tryAgain")}</Button>}>
      <p>{text}</p>
      {id && <p className="small">{t("errors.code", { id })}</p>}
    </Notice>
  );
}
