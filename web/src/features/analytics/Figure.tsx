import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { useErrorText } from "../../ui/useErrorText";
import { download, type Part, type Wish } from "./wish";

interface Props {
  part: Part;
  title: string;
  lead?: string;
  wish: Wish;
  wide?: boolean;
  /** Head and rows of the same figures as a table, for whoever does not see the picture. */
  head: readonly string[];
  rows: readonly (readonly (string | number)[])[];
  children: ReactNode;
}

/** A picture of figures with its title, its table and its file. */
export function Figure({ part, title, lead, wish, wide, head, rows, children }: Props) {
  const { t } = useTranslation();
  const text = useErrorText();
  const [trouble, setTrouble] = useState("");

  function take() {
    setTrouble("");
    download(part, wish).catch((error: unknown) => setTrouble(text(error).text));
  }

  return (
    <section className={wide ? "panel figure wide" : "panel figure"}>
      <header className="figure-head">
        <div>
          <h2>{title}</h2>
          {lead && <p className="soft small">{lead}</p>}
        </div>
        {rows.length > 0 && (
          <Button
            look="plain"
            aria-label={t("classes.analytics.csvOf", { what: title })}
            onClick={take}
          >
            {t("classes.analytics.csv")}
          </Button>
        )}
      </header>
      {trouble && (
        <p className="trouble" role="alert">
          {trouble}
        </p>
      )}
      {rows.length === 0 ? (
        <p className="soft">{t("classes.analytics.nothing")}</p>
      ) : (
        <>
          {children}
          <details className="as-table">
            <summary>{t("classes.analytics.asTable")}</summary>
            <div className="table-room">
              <table>
                <caption className="hidden-text">{title}</caption>
                <thead>
                  <tr>
                    {head.map((name) => (
                      <th key={name} scope="col">
                        {name}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {rows.map(([name, ...values]) => (
                    <tr key={String(name)}>
                      <th scope="row">{name}</th>
                      {values.map((value, at) => (
                        // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other name
                        <td key={at}>{value}</td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </details>
        </>
      )}
    </section>
  );
}
