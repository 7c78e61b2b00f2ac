/** The student's microphone and speaker as a check needs them. Nothing is stored, nothing leaves the browser. */
import type { Ask } from "../microphone";
import { type Finding, type FindingCode, finding } from "./findings";

/** Reads how loud a microphone is. */
export interface Ear {
  /** Root mean square of the last moments, 0 to 1. */
  level(): number;
  close(): void;
}

/** Makes the sounds of the check; opened within a press, as browsers ask. */
export interface Sounds {
  /** False when the browser keeps the sound off. */
  ready(): Promise<boolean>;
  listen(stream: MediaStream): Ear;
  /** Two short notes; settles when they have ended. */
  chime(): Promise<void>;
  close(): void;
}

const TICK_MS = 100;
const LISTEN_MS = 10_000;
/** Speech at arm's length is about 0.05; a tutor understands half of that. */
const CLEAR = 0.02;
/** A microphone that is switched off still hisses at a thousandth of this. */
const SILENT = 0.001;
/** So long a voice is not a knock on the table. */
const VOICE_MS = 600;

const REFUSED: Record<string, FindingCode> = {
  NotAllowedError: "microphone_refused",
  NotReadableError: "microphone_busy",
};

export interface Listening {
  ask: Ask;
  sounds: Sounds;
  /** Follows the voice, 0 to 1, as a student expects of a meter. */
  show: (level: number) => void;
  /** The student does not want to speak. */
  skipped: () => boolean;
}

export async function checkMicrophone({ ask, sounds, show, skipped }: Listening): Promise<Finding> {
  let stream: MediaStream;
  try {
    stream = await ask({ audio: true });
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    return finding(REFUSED[name] ?? "microphone_missing");
  }
  const ear = sounds.listen(stream);
  try {
    let loudest = 0;
    let voice_ms = 0;
    for (let passed = 0; passed < LISTEN_MS; passed += TICK_MS) {
      await new Promise((done) => setTimeout(done, TICK_MS));
      if (skipped()) return finding("microphone_skipped");
      const level = ear.level();
      loudest = Math.max(loudest, level);
      if (level >= CLEAR) voice_ms += TICK_MS;
      show(meter(level));
      if (voice_ms >= VOICE_MS) return finding("microphone_ok", nameOf(stream));
    }
    if (loudest < SILENT) return finding("microphone_silent", nameOf(stream));
    return finding(loudest < CLEAR ? "microphone_quiet" : "microphone_ok", nameOf(stream));
  } finally {
    show(0);
    ear.close();
    for (const track of stream.getAudioTracks()) track.stop();
  }
}

const nameOf = (stream: MediaStream) => ({ device: stream.getAudioTracks()[0]?.label ?? "" });

/** Loudness on a scale on which ordinary speech fills half: -60 dB is nothing, -6 dB is full. */
export function meter(level: number): number {
  const decibels = 20 * Math.log10(Math.max(level, 1e-6));
  return Math.min(1, Math.max(0, (decibels + 60) / 54));
}

/** The browser's own sound, opened at once. */
export function browserSounds(): Sounds {
  const audio = new AudioContext();
  return {
    async ready() {
      // A refused resume never settles.
      await Promise.race([audio.resume(), new Promise((done) => setTimeout(done, 500))]);
      return audio.state === "running";
    },
    listen(stream) {
      const source = audio.createMediaStreamSource(stream);
      const analyser = audio.createAnalyser();
      analyser.fftSize = 2_048;
      source.connect(analyser);
      const wave = new Float32Array(analyser.fftSize);
      return {
        level() {
          analyser.getFloatTimeDomainData(wave);
          return Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length);
        },
        close: () => source.disconnect(),
      };
    },
    chime: () => chime(audio),
    close: () => void audio.close(),
  };
}

/** E, then A above it: half a second each, without a click at either end. */
async function chime(audio: AudioContext): Promise<void> {
  const NOTE_S = 0.5;
  const notes = [659.26, 880].map((pitch_hz, index) => {
    const begin_s = audio.currentTime + 0.05 + index * NOTE_S;
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch_hz;
    volume.gain.setValueAtTime(0, begin_s);
    volume.gain.linearRampToValueAtTime(0.2, begin_s + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.001, begin_s + NOTE_S);
    tone.connect(volume).connect(audio.destination);
    tone.start(begin_s);
    tone.stop(begin_s + NOTE_S);
    return new Promise((done) => {
      tone.onended = done;
    });
  });
  // A sound card that is gone never ends its notes.
  await Promise.race([Promise.all(notes), new Promise((done) => setTimeout(done, 2_000))]);
}
