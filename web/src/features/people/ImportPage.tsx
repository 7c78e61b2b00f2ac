import { type ChangeEvent, type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type ImportPreview, type ImportRequest, type ImportResult } from "../../api";
import { LANGUAGES } from "../../i18n";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { Choice } from "../session/Field";
import { useDoing } from "../session/useDoing";
import { Imported } from "./Imported";
import { ImportLines } from "./ImportLines";
import { PeopleHead } from "./PeopleHead";
import { ROLES, roleOf } from "./roles";

/** A class list: read, checked line by line, and only then added as a whole. */
export default function ImportPage() {
  const { t, i18n } = useTranslation();
  const { busy, problem, run } = useDoing();
  const [csv, setCsv] = useState("");
  const [checked, setChecked] = useState<{ request: ImportRequest; seen: ImportPreview } | null>(
    null,
  );
  const [result, setResult] = useState<ImportResult | null>(null);

  async function read(event: ChangeEvent<HTMLInputElement>) {
    const file = event.currentTarget.files?.[0];
    if (!file) return;
    setChecked(null);
    setCsv(decoded(await file.arrayBuffer()));
  }

  function preview(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const request: ImportRequest = {
      csv,
      role: roleOf(form.get("role")),
      language: form.get("language") === "zh" ? "zh" : "en",
    };
    void run(async () => setChecked({ request, seen: await api.people.previewImport(request) }));
  }

  if (result !== null) {
    const anew = () => {
      setResult(null);
      setChecked(null);
      setCsv("");
    };
    return (
      <>
        <PeopleHead lead={t("people.importing.done", { count: result.people.length })} />
        <Imported result={result} onAnother={anew} />
      </>
    );
  }
  return (
    <>
      <PeopleHead lead={t("people.importing.lead")} />
      <form className="importing" onSubmit={preview}>
        <label className="field">
          <span className="field-name">{t("people.importing.file")}</span>
          <input
            type="file"
            className="input"
            accept=".csv,.tsv,.txt,text/csv"
            onChange={(event) => void read(event)}
          />
        </label>
        <label className="field importing-text">
          <span className="field-name">{t("people.importing.paste")}</span>
          <textarea
            className="input"
            rows={8}
            value={csv}
            placeholder={t("people.importing.example")}
            onChange={(event) => {
              setCsv(event.currentTarget.value);
              setChecked(null);
            }}
            spellCheck={false}
            required
          />
        </label>
        <Choice label={t("people.importing.roleFor")} name="role" onChange={() => setChecked(null)}>
          {ROLES.map((role) => (
            <option key={role} value={role}>
              {t(`people.roles.${role}`)}
            </option>
          ))}
        </Choice>
        <Choice
          label={t("people.importing.languageFor")}
          name="language"
          defaultValue={i18n.language}
          onChange={() => setChecked(null)}
        >
          {LANGUAGES.map((language) => (
            <option key={language} value={language}>
              {t(`common.languageName.${language}`)}
            </option>
          ))}
        </Choice>
        {problem !== null && <Notice>{problem}</Notice>}
        <p className="card-actions">
          <Button type="submit" disabled={busy || csv.trim() === ""} data-testid="preview">
            {t("people.importing.preview")}
          </Button>
          {checked?.seen.ready && (
            <Button
              look="primary"
              disabled={busy}
              data-testid="import"
              onClick={() =>
                void run(async () => setResult(await api.people.importList(checked.request)))
              }
            >
              {t("people.importing.add")}
            </Button>
          )}
        </p>
      </form>
      {checked !== null && <ImportLines seen={checked.seen} />}
    </>
  );
}

/** What a spreadsheet saved: UTF-8, or the Chinese encoding of older ones. */
function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}
