import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { api, type LibraryView } from "../../api";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Failed, Loaded } from "../../ui/Loaded";
import { Sheet } from "../../ui/Sheet";
import { useTitle } from "../../ui/useTitle";
import { places } from "../tutors/places";
import { AskPanel } from "./AskPanel";
import { Documents } from "./Documents";
import { useLibrary } from "./useLibrary";
import "../tutors/tutors.css";
import "./library.css";

/** One library: its documents, what became of them, and a test question. */
export default function LibraryPage() {
  const { id = "" } = useParams();
  const [library, look] = useLibrary(id);
  return (
    <Loaded resource={library} again={look}>
      {(found) => <Library library={found} look={look} />}
    </Loaded>
  );
}

function Library({ library, look }: { library: LibraryView; look: () => void }) {
  const { t } = useTranslation();
  const [deleting, setDeleting] = useState(false);
  useTitle(library.name);
  return (
    <>
      <div className="build-head">
        <Link className="back" to={places.libraries}>
          <Icon name="back" size={18} />
          {t("library.title")}
        </Link>
        <div className="build-title">
          <h1>{library.name}</h1>
          {library.mine && (
            <Button look="plain" onClick={() => setDeleting(true)} data-testid="delete-library">
              {t("library.deleteLibrary")}
            </Button>
          )}
        </div>
        <p className="soft">
          {library.tutors.length === 0
            ? t("library.usedByNobody")
            : t("library.usedBy", { names: library.tutors.map(({ name }) => name).join(", ") })}
        </p>
      </div>
      <div className="library">
        <Documents library={library} onChanged={look} />
        <AskPanel libraryId={library.id} />
      </div>
      {deleting && <DeleteLibrary library={library} onClose={() => setDeleting(false)} />}
    </>
  );
}

function DeleteLibrary({ library, onClose }: { library: LibraryView; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);

  async function remove() {
    setBusy(true);
    try {
      await api.libraries.delete(library.id);
      void navigate(places.libraries);
    } catch (error) {
      setFailed(error);
      setBusy(false);
    }
  }

  return (
    <Sheet kind="card" label={t("library.deleteLibrary")} onClose={onClose}>
      <div className="sheet-body">
        <h2>{t("library.deleteLibrary")}</h2>
        <p>{t("library.deleteTold", { name: library.name, count: library.documents })}</p>
        {failed !== null && <Failed error={failed} again={() => void remove()} />}
        <div className="sheet-foot">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" disabled={busy} onClick={() => void remove()}>
            {t("library.deleteSure")}
          </Button>
        </div>
      </div>
    </Sheet>
  );
}
