/** How fast a training goes, and how long it will take: averages over what this process has done, the latest counting most. */
export class Pace {
  #secondsPerStep: number | null = null;
  #validationSeconds: number | null = null;

  /** The share of the newest step in the average. */
  static readonly #weight = 0.1;

  stepTook(seconds: number): void {
    this.#secondsPerStep = this.#secondsPerStep === null ? seconds : this.#secondsPerStep + Pace.#weight * (seconds - this.#secondsPerStep);
  }

  validationTook(seconds: number): void {
    this.#validationSeconds = seconds;
  }

  imagesPerSecond(batchSize: number): number | undefined {
    return this.#secondsPerStep === null || this.#secondsPerStep === 0 ? undefined : batchSize / this.#secondsPerStep;
  }

  secondsLeft(stepCount: number, validationCount: number): number | undefined {
    if (this.#secondsPerStep === null) return undefined;
    return stepCount * this.#secondsPerStep + validationCount * (this.#validationSeconds ?? 0);
  }
}
