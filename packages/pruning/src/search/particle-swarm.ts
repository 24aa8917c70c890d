import { createGenerator, type Generator, GeneratorStateSchema, restoreGenerator } from '@espalier/core';
import { z } from 'zod';
import {
  bestOf,
  checkRanges,
  clampTo,
  FitnessesSchema,
  fitnessOf,
  type Genome,
  GenomeSchema,
  GeneRangeSchema,
  type Search,
  unevaluated,
  withEvaluations,
} from './evaluations.ts';

export const ParticleSwarmSettingsSchema = z.strictObject({
  /** Whole numbers a gene may take, both ends included. */
  ranges: z.array(GeneRangeSchema).min(1),
  /** Where the first particle starts; the others start around it, the later the farther. */
  start: GenomeSchema,
  particles: z.number().int().positive().default(10),
  /** Moves of the whole swarm after its first evaluation. */
  cycles: z.number().int().nonnegative().default(8),
  /** Genes that move in one cycle. */
  movingGenes: z.number().int().positive().default(8),
  maximumSpeed: z.number().positive().default(2),
  /** Position changes by this times the velocity. */
  stride: z.number().positive().default(2),
  /**
   * `clean`: the moving genes are different ones of all, those that moved change their speed, and a width that would pass its most becomes the most.
   * `acp-code`: what the authors' code does. The moving genes are drawn with replacement and never the last, always the first eight change their
   * speed, and a width that would pass its most becomes one less than that.
   */
  compatibility: z.enum(['clean', 'acp-code']).default('clean'),
});
export type ParticleSwarmSettings = z.output<typeof ParticleSwarmSettingsSchema>;

const ParticleSchema = z.strictObject({
  position: GenomeSchema,
  velocity: z.array(z.number()),
  best: GenomeSchema,
  /** The move that led to `position` and whose outcome is awaited; null before the first. */
  move: z
    .strictObject({
      from: GenomeSchema,
      /** R of the paper's code: one random factor for the pull of both bests. */
      pull: z.number(),
      genes: z.array(z.number().int()),
    })
    .nullable(),
});
type Particle = z.infer<typeof ParticleSchema>;

/** A search at rest. Plain JSON: kept between cycles, it goes on elsewhere as if nothing had been. */
export const ParticleSwarmStateSchema = z.strictObject({
  settings: ParticleSwarmSettingsSchema,
  /** 0 while the first positions are being evaluated. */
  cycle: z.number().int().nonnegative(),
  particles: z.array(ParticleSchema),
  /** The best genome of all; null until the first positions are known. */
  best: GenomeSchema.nullable(),
  fitnesses: FitnessesSchema,
  isFinished: z.boolean(),
  generator: GeneratorStateSchema,
});
export type ParticleSwarmState = z.infer<typeof ParticleSwarmStateSchema>;

/** Constriction and acceleration of the swarm (Chang et al. 2022, the authors' code). */
const constriction = 0.729;
const acceleration = 2;

/**
 * The particle swarm of ACP (Chang, Lu, Xue, Xu, Wei 2022) over layer widths. In a cycle every particle first moves by its old velocity, then its
 * velocity is drawn towards its own best and the swarm's, then it is evaluated; the bests change at once, particle by particle in their order. Because a
 * move needs no fitness of its own cycle, a whole cycle can be evaluated at a time, in any order, and still end as the one-by-one code does.
 */
export const particleSwarm: Search<z.input<typeof ParticleSwarmSettingsSchema>, ParticleSwarmState> = {
  start(settings, seed) {
    const complete = ParticleSwarmSettingsSchema.parse(settings);
    const { ranges, start, maximumSpeed } = complete;
    checkRanges(ranges);
    if (start.length !== ranges.length) throw new RangeError(`a start of ${start.length} genes for ${ranges.length} ranges`);
    const generator = createGenerator(seed, 'search', 'particle-swarm');
    const particles = Array.from({ length: complete.particles }, (_, index): Particle => {
      const position = start.map((width, gene) => clampTo(ranges[gene]!, width + index * (generator.integer(3) - 1)));
      const velocity = start.map(() => maximumSpeed * (2 * generator.uniform() - 1));
      return { position, velocity, best: position, move: null };
    });
    return { settings: complete, cycle: 0, particles, best: null, fitnesses: {}, isFinished: false, generator: generator.state() };
  },
  candidates,
  tell(state, evaluations) {
    let next: ParticleSwarmState = { ...state, fitnesses: withEvaluations(state.fitnesses, evaluations) };
    while (!next.isFinished && candidates(next).length === 0) next = nextCycle(next);
    return next;
  },
  best: ({ best, particles, fitnesses }) => bestOf(best === null ? particles.map(({ position }) => position) : [best], fitnesses),
};

function candidates({ isFinished, particles, fitnesses }: ParticleSwarmState): Genome[] {
  if (isFinished) return [];
  return unevaluated(
    particles.map(({ position }) => position),
    fitnesses,
  );
}

/** Settles the cycle that is now known, and moves the swarm into the next one unless it was the last. */
function nextCycle(state: ParticleSwarmState): ParticleSwarmState {
  const { settings, cycle } = state;
  const { particles, best } = settled(state);
  if (cycle === settings.cycles) return { ...state, particles, best, isFinished: true };
  const generator = restoreGenerator(state.generator);
  const moved = particles.map((particle) => move(particle, settings, generator));
  return { ...state, particles: moved, best, cycle: cycle + 1, generator: generator.state() };
}

function settled({ settings, cycle, particles, best: before, fitnesses }: ParticleSwarmState): {
  particles: Particle[];
  best: Genome & number[];
} {
  let best = before ?? particles[0]!.position;
  const after = particles.map((particle) => {
    const velocity = particle.move === null ? particle.velocity : pulled(particle, particle.move, best, cycle - 1, settings);
    const isBetter = (than: Genome) => fitnessOf(particle.position, fitnesses) > fitnessOf(than, fitnesses);
    const own = isBetter(particle.best) ? particle.position : particle.best;
    if (isBetter(best)) best = particle.position;
    return { ...particle, velocity, best: own };
  });
  return { particles: after, best };
}

/** w of cycle c, counted from 0: from 0.6 down by 0.025 in a search of eight cycles. */
export const inertia = (cycle: number, cycles: number): number => (0.5 * (cycles - cycle)) / 20 + 0.4;

function pulled(
  { velocity, best: own }: Particle,
  { from, pull, genes }: NonNullable<Particle['move']>,
  best: Genome,
  cycle: number,
  { cycles, maximumSpeed, movingGenes, compatibility }: ParticleSwarmSettings,
): number[] {
  const weight = inertia(cycle, cycles);
  const changes = (gene: number) => (compatibility === 'acp-code' ? gene < movingGenes : genes.includes(gene));
  return velocity.map((speed, gene) => {
    if (!changes(gene)) return speed;
    const towards = own[gene]! - from[gene]! + best[gene]! - from[gene]!;
    return clampTo({ least: -maximumSpeed, most: maximumSpeed }, constriction * (weight * speed + acceleration * pull * towards));
  });
}

function move(particle: Particle, settings: ParticleSwarmSettings, generator: Generator): Particle {
  const { ranges, stride, compatibility } = settings;
  const pull = generator.uniform();
  const genes = movingGenes(settings, generator);
  const position = [...particle.position];
  for (const gene of genes) {
    const range = ranges[gene]!;
    // The code's int(): towards zero.
    const width = Math.trunc(position[gene]! + stride * particle.velocity[gene]!);
    position[gene] = compatibility === 'acp-code' && width > range.most ? clampTo(range, range.most - 1) : clampTo(range, width);
  }
  return { ...particle, position, move: { from: particle.position, pull, genes } };
}

function movingGenes({ ranges, movingGenes: count, compatibility }: ParticleSwarmSettings, generator: Generator): number[] {
  const genes = ranges.length;
  if (compatibility === 'clean') return [...generator.permutation(genes).subarray(0, count)].sort((a, b) => a - b);
  // The code draws below the last index; with one gene there is nothing below it.
  return genes === 1 ? [] : Array.from({ length: count }, () => generator.integer(genes - 1));
}
