import { useTranslation } from "react-i18next";
import { api, type Device } from "../../api";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Loaded } from "../../ui/Loaded";
import { Notice } from "../../ui/Notice";
import { useFormats } from "../../ui/useFormats";
import { useResource } from "../../ui/useResource";
import { useSession } from "../session/session";
import { useDoing } from "../session/useDoing";

export function Devices() {
  const { t } = useTranslation();
  const { expired } = useSession();
  const [devices, again] = useResource(api.accounts.devices);
  const { busy, problem, run } = useDoing();

  const leave = (device: Device) =>
    void run(async () => {
      await api.accounts.signOutDevice(device.id);
      again();
    });
  const leaveAll = () =>
    void run(async () => {
      await api.accounts.signOutEverywhere();
      expired();
    });

  return (
    <section className="own-card" aria-labelledby="devices">
      <h2 id="devices">{t("people.profile.devices")}</h2>
      <Loaded resource={devices} again={again}>
        {({ devices }) => (
          <ul className="devices">
            {devices.map((device) => (
              <Row key={device.id} device={device} busy={busy} onLeave={() => leave(device)} />
            ))}
          </ul>
        )}
      </Loaded>
      {problem !== null && <Notice>{problem}</Notice>}
      <p className="card-actions">
        <Button disabled={busy} onClick={leaveAll} data-testid="sign-out-everywhere">
          {t("people.profile.everywhere")}
        </Button>
      </p>
    </section>
  );
}

function Row({ device, busy, onLeave }: { device: Device; busy: boolean; onLeave: () => void }) {
  const { t } = useTranslation();
  const { day } = useFormats();
  const name = device.name || t("people.profile.unknown");
  return (
    <li className="device">
      <Icon name="device" />
      <div className="device-words">
        <p>
          <strong>{name}</strong> {device.here && <em>{t("people.profile.here")}</em>}
        </p>
        <p className="small">
          {t("people.profile.since", { when: day(device.signed_in_at) })},{" "}
          {t(`people.profile.methods.${device.method}`)}
        </p>
        {device.last_seen_at && !device.here && (
          <p className="small">{t("people.profile.seen", { when: day(device.last_seen_at) })}</p>
        )}
      </div>
      {!device.here && (
        <Button
          look="plain"
          disabled={busy}
          onClick={onLeave}
          aria-label={t("people.profile.signOutOf", { name })}
        >
          {t("people.profile.signOut")}
        </Button>
      )}
    </li>
  );
}
