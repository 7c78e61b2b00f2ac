import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Language } from "../../api";
import { Failed, Loaded } from "../../ui/Loaded";
import { Documents } from "./Documents";
import { DropZone } from "./DropZone";
import { ACCEPTED } from "./sizes";
import { upload } from "./upload";
import { useLibrary } from "./useLibrary";
import "./library.css";

interface Props {
  libraryId: string | null;
  /** Of the tutor; its library is named after it. */
  name: string;
  language: Language;
  onLibrary: (libraryId: string) => void;
}

/** Documents of a new tutor; its library is made with the first file. */
export function LibraryStep({ libraryId, name, language, onLibrary }: Props) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);
  if (libraryId !== null) return <There id={libraryId} />;

  async function begin(files: readonly File[]) {
    setBusy(true);
    setFailed(null);
    try {
      const { id } = await api.libraries.create({ name, language });
      for (const file of files) {
        const query = `file_name=${encodeURIComponent(file.name)}`;
        await upload(`/api/libraries/${id}/files?${query}`, file, () => undefined).done.catch(
          (error: unknown) => {
            // Its library is there; the next try goes into it.
            onLibrary(id);
            throw error;
          },
        );
      }
      onLibrary(id);
    } catch (error) {
      setFailed(error);
      setBusy(false);
    }
  }

  return (
    <>
      {failed !== null && <Failed error={failed} again={() => setFailed(null)} />}
      {busy && failed === null ? (
        <p className="waiting" role="status">
          {t("library.sending")}
        </p>
      ) : (
        <DropZone
          accept={ACCEPTED}
          many
          title={t("library.drop")}
          hint={t("library.dropHint")}
          onFiles={(files) => void begin(files)}
        />
      )}
    </>
  );
}

function There({ id }: { id: string }) {
  const [library, look] = useLibrary(id);
  return (
    <Loaded resource={library} again={look}>
      {(found) => <Documents library={found} onChanged={look} />}
    </Loaded>
  );
}
