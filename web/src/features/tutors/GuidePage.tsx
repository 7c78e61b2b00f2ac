import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { api, type TutorDraft } from "../../api";
import { Button } from "../../ui/Button";
import { Failed, Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";
import { useTitle } from "../../ui/useTitle";
import { LibraryStep } from "../library/LibraryStep";
import { FacePicker } from "./FacePicker";
import { PreviewCard } from "./PreviewCard";
import { places } from "./places";
import { Steps } from "./Steps";
import { useDraft } from "./useDraft";
import { useSteps } from "./useSteps";
import { VoicePicker } from "./VoicePicker";
import "./tutors.css";

/** The way to a new tutor: face, documents, try and publish. Every step can be skipped. */
export default function GuidePage() {
  const { id = "" } = useParams();
  const load = useCallback(
    async () => ({ draft: await api.workshop.one(id), choices: await api.workshop.choices() }),
    [id],
  );
  const [found, again] = useResource(load);
  const { t } = useTranslation();
  useTitle(t("tutors.new"));
  return (
    <Loaded resource={found} again={again}>
      {({ draft, choices }) => <Guide key={draft.id} draft={draft} choices={choices} />}
    </Loaded>
  );
}

interface Props {
  draft: TutorDraft;
  choices: Awaited<ReturnType<typeof api.workshop.choices>>;
}

function Guide({ draft: first, choices }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [query, setQuery] = useSearchParams();
  const step = Math.min(3, Math.max(1, Number(query.get("step")) || 1));
  const [{ draft, content, saving }, keeper] = useDraft(first);
  const { busy, failed, tryIt, publish } = useSteps(keeper);
  const [libraryId, setLibraryId] = useState(content.library_ids[0] ?? null);
  const go = (next: number) => setQuery(next === 1 ? {} : { step: String(next) });

  function tookLibrary(made: string) {
    setLibraryId(made);
    keeper.change({ library_ids: [...new Set([...content.library_ids, made])] });
  }

  return (
    <div className="guide">
      <Steps now={step} />
      <section className="card guide-card" aria-labelledby="guide-title">
        {step === 1 && (
          <>
            <h1 id="guide-title">{t("tutors.guide.faceTitle", { name: content.name })}</h1>
            <FacePicker
              faces={choices.faces}
              chosen={content.avatar_id}
              onChoose={(avatar_id) => keeper.change({ avatar_id })}
            />
            <VoicePicker
              voices={choices.voices}
              chosen={content.voice}
              language={content.language}
              sample={content.greeting}
              onChoose={(voice) => keeper.change({ voice })}
            />
          </>
        )}
        {step === 2 && (
          <>
            <h1 id="guide-title">{t("tutors.guide.documentsTitle", { name: content.name })}</h1>
            <p className="soft">{t("tutors.guide.documentsLead", { name: content.name })}</p>
            <LibraryStep
              libraryId={libraryId}
              name={content.name}
              language={content.language}
              onLibrary={tookLibrary}
            />
          </>
        )}
        {step === 3 && (
          <>
            <h1 id="guide-title">{t("tutors.guide.readyTitle", { name: content.name })}</h1>
            <p className="soft">{t("tutors.guide.readyLead")}</p>
            <div className="guide-preview">
              <PreviewCard content={content} />
            </div>
            <Link className="guide-more" to={places.tutor(draft.id)}>
              {t("tutors.guide.more")}
            </Link>
          </>
        )}
        {failed !== null && <Failed error={failed} again={() => void keeper.flush()} />}
        {saving.state === "failed" && (
          <Failed error={saving.error} again={() => void keeper.flush()} />
        )}
        <div className="guide-foot">
          {step > 1 && <Button onClick={() => go(step - 1)}>{t("tutors.guide.back")}</Button>}
          {step < 3 ? (
            <Button look="primary" large onClick={() => go(step + 1)} data-testid="guide-next">
              {t("tutors.guide.next")}
            </Button>
          ) : (
            <>
              <Button large disabled={busy !== null} onClick={() => void tryIt()} data-testid="try">
                {t(busy === "try" ? "tutors.trying" : "tutors.try")}
              </Button>
              <Button
                look="primary"
                large
                disabled={busy !== null}
                onClick={async () => {
                  if (await publish()) void navigate(places.tutor(draft.id));
                }}
                data-testid="publish"
              >
                {t(busy === "publish" ? "tutors.publishing" : "tutors.publish")}
              </Button>
            </>
          )}
        </div>
      </section>
    </div>
  );
}
