import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type Language } from "../../api";
import { Button } from "../../ui/Button";
import { Failed, Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";
import { places } from "./places";

interface Props {
  chosen: readonly string[];
  language: Language;
  /** Of the tutor; a new library is named after it. */
  name: string;
  onChange: (libraryIds: string[]) => void;
}

const load = async () => (await api.libraries.every()).libraries;

/** The libraries a tutor answers from. */
export function LibraryPicker({ chosen, language, name, onChange }: Props) {
  const { t } = useTranslation();
  const [libraries, again] = useResource(load);
  const [failed, setFailed] = useState<unknown>(null);

  async function add() {
    setFailed(null);
    try {
      const made = await api.libraries.create({ name: name || t("tutors.unnamed"), language });
      onChange([...chosen, made.id]);
      again();
    } catch (error) {
      setFailed(error);
    }
  }

  return (
    <Loaded resource={libraries} again={again}>
      {(found) => (
        <div className="library-picker">
          {found.length === 0 && <p className="soft">{t("tutors.noLibrary")}</p>}
          <ul>
            {found.map((library) => (
              <li key={library.id} className="library-choice">
                <label className="choice">
                  <input
                    type="checkbox"
                    checked={chosen.includes(library.id)}
                    onChange={(event) =>
                      onChange(
                        event.target.checked
                          ? [...chosen, library.id]
                          : chosen.filter((one) => one !== library.id),
                      )
                    }
                  />
                  {library.name}
                  <span className="soft small">
                    {t("library.documents", { count: library.documents })}
                  </span>
                </label>
                <Link className="small" to={places.library(library.id)}>
                  {t("library.open")}
                  <span className="hidden-text"> {library.name}</span>
                </Link>
              </li>
            ))}
          </ul>
          {failed !== null && <Failed error={failed} again={() => void add()} />}
          <Button icon="plus" onClick={() => void add()}>
            {t("library.new")}
          </Button>
        </div>
      )}
    </Loaded>
  );
}
