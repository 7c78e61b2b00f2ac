import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { api, type Choices, type TutorDraft } from "../../api";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Failed, Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";
import { useTitle } from "../../ui/useTitle";
import { BuilderForm } from "./BuilderForm";
import { ConflictNotice } from "./ConflictNotice";
import { PreviewCard } from "./PreviewCard";
import { places } from "./places";
import { SavedState } from "./SavedState";
import { ShareSheet } from "./ShareSheet";
import { StateBadge } from "./StateBadge";
import { useDraft } from "./useDraft";
import { useSteps } from "./useSteps";
import { VersionsSheet } from "./VersionsSheet";
import "./tutors.css";

/** A tutor being made: the form on one side, what a student will meet on the other. */
export default function BuilderPage() {
  const { id = "" } = useParams();
  const load = useCallback(async () => {
    const [draft, choices] = await Promise.all([api.workshop.one(id), api.workshop.choices()]);
    return { draft, choices };
  }, [id]);
  const [found, again] = useResource(load);
  return (
    <Loaded resource={found} again={again}>
      {({ draft, choices }) => <Builder key={draft.id} draft={draft} choices={choices} />}
    </Loaded>
  );
}

function Builder({ draft: first, choices }: { draft: TutorDraft; choices: Choices }) {
  const { t } = useTranslation();
  const [kept, keeper] = useDraft(first);
  const { draft, content, saving } = kept;
  const steps = useSteps(keeper);
  useTitle(content.name || t("tutors.unnamed"));
  const unpublished = draft.version === 0 || draft.changed || saving.state !== "saved";

  return (
    <>
      <div className="build-head">
        <Link className="back" to={places.workshop}>
          <Icon name="back" size={18} />
          {t("tutors.title")}
        </Link>
        <div className="build-title">
          <h1>{content.name || t("tutors.unnamed")}</h1>
          <StateBadge state={draft.state} changed={draft.version > 0 && unpublished} />
          <SavedState saving={saving} again={() => void keeper.flush()} />
        </div>
      </div>
      {saving.state === "moved" && (
        <ConflictNotice
          content={content}
          theirs={saving.theirs}
          onMine={() => void keeper.keepMine()}
          onTheirs={() => void keeper.takeTheirs()}
        />
      )}
      {steps.failed !== null && <Failed error={steps.failed} again={steps.forgive} />}
      <div className="build">
        <BuilderForm content={content} choices={choices} onChange={(c) => keeper.change(c)} />
        <aside className="build-side">
          <PreviewCard content={content} />
          <div className="build-actions">
            <Button
              icon="bubbles"
              disabled={steps.busy !== null || saving.state === "moved"}
              onClick={() => void steps.tryIt()}
              data-testid="try"
            >
              {t(steps.busy === "try" ? "tutors.trying" : "tutors.try")}
            </Button>
            <Button
              look="primary"
              disabled={
                steps.busy !== null ||
                saving.state === "moved" ||
                (!unpublished && draft.state === "published")
              }
              onClick={() => void steps.publish()}
              data-testid="publish"
            >
              {t(steps.busy === "publish" ? "tutors.publishing" : "tutors.publish")}
            </Button>
          </div>
          <More draft={draft} steps={steps} unpublished={unpublished} />
        </aside>
      </div>
    </>
  );
}

interface MoreProps {
  draft: TutorDraft;
  steps: ReturnType<typeof useSteps>;
  unpublished: boolean;
}

/** What is done seldom: versions, colleagues, copy, archive, delete. */
function More({ draft, steps, unpublished }: MoreProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [open, setOpen] = useState<"versions" | "share" | null>(null);
  const archived = draft.state === "archived";
  const close = () => setOpen(null);

  return (
    <div className="build-more">
      {draft.version > 0 && (
        <Button look="plain" onClick={() => setOpen("versions")} data-testid="versions">
          {t("tutors.versions.title")}
        </Button>
      )}
      <Button look="plain" onClick={() => setOpen("share")} data-testid="share">
        {t("tutors.share.title")}
      </Button>
      <Button
        look="plain"
        disabled={steps.busy !== null}
        onClick={() =>
          void steps.run("step", async ({ id }) => {
            const made = await api.workshop.copy(id);
            void navigate(places.tutor(made.id));
            return undefined;
          })
        }
      >
        {t("tutors.copy")}
      </Button>
      {draft.version > 0 && unpublished && (
        <Button
          look="plain"
          disabled={steps.busy !== null}
          onClick={() =>
            void steps.run("step", ({ id, revision }) => api.workshop.discard(id, { revision }))
          }
        >
          {t("tutors.discard")}
        </Button>
      )}
      <Button
        look="plain"
        disabled={steps.busy !== null}
        onClick={() =>
          void steps.run("step", ({ id }) =>
            archived ? api.workshop.unarchive(id) : api.workshop.archive(id),
          )
        }
        data-testid="archive"
      >
        {t(archived ? "tutors.unarchive" : "tutors.archive")}
      </Button>
      {draft.version === 0 && (
        <Button
          look="plain"
          disabled={steps.busy !== null}
          onClick={async () => {
            const gone = await steps.run("step", async ({ id }) => {
              await api.workshop.delete(id);
              return undefined;
            });
            if (gone) void navigate(places.workshop);
          }}
        >
          {t("tutors.delete")}
        </Button>
      )}
      {open === "versions" && <VersionsSheet draft={draft} steps={steps} onClose={close} />}
      {open === "share" && <ShareSheet draft={draft} steps={steps} onClose={close} />}
    </div>
  );
}
