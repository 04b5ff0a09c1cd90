/** A desk whose members teach one filter through the guard, as the service does it: learned at once, judged by twenties. */
const { admits, BATCH, batchHarms, CANARIES, contradicts, SpamModel } = await import('@sotto/screening');

export class Desk {
  model = new SpamModel();
  /** Lessons in the order they were learned; `gone` where they were taken back. */
  #log = [];
  #canaries = [];
  #members = new Map();
  held = 0;
  takenBack = 0;

  constructor(guarded) {
    this.guarded = guarded;
  }

  /** `lesson`: features, label, memberId. The first ones are the canaries, right or wrong. */
  teach({ memberId, features, label }) {
    const lesson = { memberId, features, label, gone: false };
    if (!this.guarded || this.#canaries.length < CANARIES) {
      if (this.#canaries.length < CANARIES) this.#canaries.push(lesson);
      this.#learn(lesson);
      return;
    }
    if (!this.#members.has(memberId)) this.#members.set(memberId, { contradictions: [], batch: [], from: null });
    const member = this.#members.get(memberId);
    const used = member.contradictions.filter(Boolean).length;
    const admitted = admits(this.model, lesson, used);
    member.contradictions = [...member.contradictions, admitted && contradicts(this.model, lesson)].slice(-BATCH);
    if (!admitted) {
      this.held++;
      return;
    }
    member.from ??= { at: this.#log.length, model: this.model.copy() };
    member.batch.push(lesson);
    this.#learn(lesson);
    if (member.batch.length === BATCH) this.#judge(member);
  }

  /** Takes back all that a member taught, exactly. */
  rollBack(memberId) {
    for (const lesson of this.#log) if (lesson.memberId === memberId) lesson.gone = true;
    this.#refold();
  }

  /** What the lessons not taken back make, from the beginning. */
  fold() {
    const model = new SpamModel();
    for (const { features, label, gone } of this.#log) if (!gone) model.learn(features, label);
    return model;
  }

  #learn(lesson) {
    this.#log.push(lesson);
    this.model.learn(lesson.features, lesson.label);
  }

  #judge(member) {
    const { batch, from } = member;
    // The same as folding everything but the batch: the copy was made before its first lesson.
    const without = from.model;
    for (const lesson of this.#log.slice(from.at))
      if (!lesson.gone && !batch.includes(lesson)) without.learn(lesson.features, lesson.label);
    member.batch = [];
    member.from = null;
    if (!batchHarms(without, this.model, this.#canaries)) return;
    this.takenBack++;
    for (const lesson of batch) lesson.gone = true;
    this.#refold();
  }

  #refold() {
    const begun = [...this.#members.values()].filter(({ from }) => from !== null);
    this.model = new SpamModel();
    this.#log.forEach(({ features, label, gone }, at) => {
      for (const { from } of begun) if (from.at === at) from.model = this.model.copy();
      if (!gone) this.model.learn(features, label);
    });
  }
}
