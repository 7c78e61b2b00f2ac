/**
 * Checks everything a lesson needs, step by step, before the lesson or in it. The network is looked at while the
 * student tries microphone and speaker. It changes nothing: every connection it makes is closed again, except
 * for a lesson's own, which it only reads.
 */
import type { Ask } from "../microphone";
import type { PeerFactory } from "../peer";
import type { SocketLike } from "../socket";
import { Store } from "../store";
import { checkMicrophone, type Sounds } from "./ears";
import { type BrowserFacts, checkBrowser, checkSecure } from "./facts";
import { type Finding, finding, STEPS, type StepName, type Verdict, verdictOf } from "./findings";
import { checkSocket } from "./line";
import { checkLoop, type OpenLoop } from "./loop";
import { checkTurn, checkUdp, type Reach } from "./paths";

/** `asking`: the student has to say whether the tone was heard. */
export type StepState = "waiting" | "running" | "asking" | "done";

export interface Step {
  name: StepName;
  state: StepState;
  findings: readonly Finding[];
  /** Share of a step whose length is known; null otherwise. */
  progress: number | null;
}

export interface Tools {
  facts: BrowserFacts;
  sounds: Sounds;
  askMicrophone: Ask;
  makePeer: PeerFactory;
  openSocket: () => SocketLike;
  reach: () => Promise<Reach>;
  openLoop: OpenLoop;
}

export type Heard = "yes" | "no" | "again" | "skip";

export class Doctor {
  readonly steps = new Store<readonly Step[]>(
    STEPS.map((name) => ({ name, state: "waiting", findings: [], progress: null })),
  );
  /** How loud the microphone is now, 0 to 1. */
  readonly level = new Store(0);
  /** Null until every step is done. */
  readonly verdict = new Store<Verdict | null>(null);
  private skippingMicrophone = false;
  private skip: () => void = () => undefined;
  private answer: ((heard: Heard) => void) | null = null;
  private closed = false;

  constructor(private readonly tools: Tools) {}

  get findings(): readonly Finding[] {
    return this.steps.get().flatMap(({ findings }) => findings);
  }

  /** Run every step; call it within a press, so that there may be sound. */
  async run(): Promise<void> {
    const { facts } = this.tools;
    this.found("browser", checkBrowser(facts));
    this.found("secure", checkSecure(facts));
    await Promise.all([this.tryEars(), this.tryNetwork()]);
    this.tools.sounds.close();
    if (!this.closed) this.verdict.set(verdictOf(this.findings));
  }

  /** What the student says about the tone. */
  say(heard: Heard): void {
    this.answer?.(heard);
    this.answer = null;
  }

  skipMicrophone(): void {
    this.skippingMicrophone = true;
    this.skip();
  }

  /** The page is left; whatever still runs ends by itself and tells nobody. */
  close(): void {
    this.closed = true;
    this.skipMicrophone();
    this.say("skip");
  }

  private async tryEars(): Promise<void> {
    const { sounds } = this.tools;
    const audible = await sounds.ready();
    this.becomes("microphone", { state: "running" });
    this.found("microphone", await this.microphone());
    if (this.closed) return;
    if (audible) await this.trySpeaker();
    else this.found("speaker", finding("speaker_blocked"));
  }

  private async microphone(): Promise<Finding> {
    const { facts, askMicrophone, sounds } = this.tools;
    if (!facts.secure) return finding("microphone_insecure");
    const checked = checkMicrophone({
      ask: askMicrophone,
      sounds,
      show: (level) => this.level.set(level),
      skipped: () => this.skippingMicrophone,
    });
    // The browser's own question may stay open for ever.
    const skipped = new Promise<Finding>((done) => {
      this.skip = () => done(finding("microphone_skipped"));
    });
    return Promise.race([checked, skipped]);
  }

  private async trySpeaker(): Promise<void> {
    let heard: Heard = "again";
    while (heard === "again") {
      this.becomes("speaker", { state: "running" });
      await this.tools.sounds.chime();
      if (this.closed) return;
      this.becomes("speaker", { state: "asking" });
      heard = await new Promise<Heard>((answer) => {
        this.answer = answer;
      });
    }
    const codes = { yes: "speaker_ok", no: "speaker_unheard", skip: "speaker_skipped" } as const;
    this.found("speaker", finding(codes[heard]));
  }

  private async tryNetwork(): Promise<void> {
    const { facts, openSocket, reach, makePeer } = this.tools;
    this.becomes("socket", { state: "running" });
    this.found("socket", await checkSocket(openSocket));
    if (!facts.webrtc) {
      for (const name of ["udp", "turn", "loop"] as const) this.becomes(name, { state: "done" });
      return;
    }
    this.becomes("udp", { state: "running" });
    const known = await reach().catch(() => null);
    if (known === null) {
      this.found("udp", finding("udp_config"));
      this.becomes("turn", { state: "done" });
    } else {
      this.found("udp", await checkUdp(makePeer, known));
      this.becomes("turn", { state: "running" });
      this.found("turn", ...(await checkTurn(makePeer, known)));
    }
    await this.tryLoop();
  }

  private async tryLoop(): Promise<void> {
    if (this.closed) return;
    this.becomes("loop", { state: "running" });
    const opened = await this.tools.openLoop().catch(() => finding("loop_failed"));
    if ("code" in opened) {
      this.found("loop", opened);
      return;
    }
    const { found, direct } = await checkLoop(opened, (progress) =>
      this.becomes("loop", { progress }),
    );
    this.found("loop", found);
    // Media that arrive over UDP prove more than a question to the port that nobody answered.
    if (direct) this.found("udp", finding("udp_live"));
  }

  private found(name: StepName, ...findings: Finding[]): void {
    this.becomes(name, { state: "done", findings, progress: null });
  }

  private becomes(name: StepName, change: Partial<Step>): void {
    if (this.closed) return;
    this.steps.update((steps) =>
      steps.map((step) => (step.name === name ? { ...step, ...change } : step)),
    );
  }
}
