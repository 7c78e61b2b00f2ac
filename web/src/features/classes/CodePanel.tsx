import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type ClassView } from "../../api";
import { paths } from "../../routes/paths";
import { Button } from "../../ui/Button";
import { QrCode } from "../../ui/QrCode";
import { Sheet } from "../../ui/Sheet";
import { addresses } from "./addresses";

interface Props {
  shown: ClassView;
  act(doing: Promise<ClassView>): Promise<void>;
}

const COPIED_MS = 2_000;
const joinPage = () => `${location.host}${paths.join}`;
const joinLink = (code: string) => `${location.origin}${addresses.joinWith(code)}`;

/** The code by which students join: to write on the board, to send as a link, to change, to switch off. */
export function CodePanel({ shown, act }: Props) {
  const { t } = useTranslation();
  const [large, setLarge] = useState(false);
  const [copied, setCopied] = useState(false);
  const code = shown.join_code;

  async function copy() {
    if (code === null) return;
    await navigator.clipboard.writeText(joinLink(code));
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED_MS);
  }

  return (
    <section className="panel">
      <h2>{t("classes.page.code")}</h2>
      {code === null ? (
        <>
          <p className="soft">{t("classes.page.noCode")}</p>
          <div className="form-actions">
            <Button onClick={() => void act(api.classes.freshCode(shown.id))}>
              {t("classes.page.codeOn")}
            </Button>
          </div>
        </>
      ) : (
        <>
          <p className="soft">{t("classes.page.codeLead", { address: joinPage() })}</p>
          <div className="code-ways">
            <p className="join-code" data-testid="join-code">
              {code}
            </p>
            <QrCode value={joinLink(code)} label={t("classes.page.scan", { name: shown.name })} />
          </div>
          <div className="form-actions">
            <Button look="primary" onClick={() => setLarge(true)}>
              {t("classes.page.print")}
            </Button>
            <Button icon="copy" onClick={() => void copy().catch(() => undefined)}>
              <span aria-live="polite">
                {t(copied ? "classes.page.copied" : "classes.page.copyLink")}
              </span>
            </Button>
            <Button look="plain" onClick={() => void act(api.classes.freshCode(shown.id))}>
              {t("classes.page.newCode")}
            </Button>
            <Button look="plain" onClick={() => void act(api.classes.dropCode(shown.id))}>
              {t("classes.page.codeOff")}
            </Button>
          </div>
        </>
      )}
      {large && code !== null && (
        <Sheet kind="sheet" label={t("classes.page.code")} onClose={() => setLarge(false)}>
          <div className="board">
            <p className="board-name">{shown.name}</p>
            <p className="board-address">{joinPage()}</p>
            <p className="board-code">{code}</p>
            <QrCode value={joinLink(code)} label={t("classes.page.scan", { name: shown.name })} />
            <Button onClick={() => setLarge(false)}>{t("classes.page.close")}</Button>
          </div>
        </Sheet>
      )}
    </section>
  );
}
