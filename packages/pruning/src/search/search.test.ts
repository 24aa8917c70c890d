import { createGenerator, restoreGenerator } from '@espalier/core';
import { describe, expect, it } from 'vitest';
import {
  differentialEvolution,
  type DifferentialEvolutionState,
  DifferentialEvolutionStateSchema,
  type Evaluation,
  type Genome,
  particleSwarm,
  type ParticleSwarmState,
  ParticleSwarmStateSchema,
  type Search,
} from './index.ts';
import { inertia } from './particle-swarm.ts';

const ranges = (count: number, most = 40) => Array.from({ length: count }, () => ({ least: 1, most }));

/** Highest at 7, 14, 21, 28, 35, 40, 40, …, where it is 0. */
const hill = (genome: Genome): number => 0 - genome.reduce((sum, value, gene) => sum + (value - Math.min(40, 7 * (gene + 1))) ** 2, 0);

function run<Settings, State extends { isFinished: boolean }>(
  search: Search<Settings, State>,
  state: State,
  { fitness = hill as (genome: Genome) => number | null, arrive = (all: Evaluation[]): Evaluation[][] => [all] } = {},
): { state: State; asked: number } {
  let asked = 0;
  for (let now = state; ;) {
    const open = search.candidates(now);
    if (open.length === 0) return { state: now, asked };
    asked += open.length;
    for (const portion of arrive(open.map((genome) => ({ genome, fitness: fitness(genome) })))) now = search.tell(now, portion);
  }
}

/** One at a time, in another order each time. */
const straggling = (seed: number) => {
  const generator = createGenerator(seed, 'arrival');
  return (all: Evaluation[]) => generator.shuffle(all).map((one) => [one]);
};

const swarmSettings = { ranges: ranges(12), start: Array.from({ length: 12 }, () => 20) };

describe.each([
  ['differential evolution', (seed: number) => startOf(differentialEvolution, { ranges: ranges(5) }, seed)],
  [
    'differential evolution, jDE and rand/1',
    (seed: number) => startOf(differentialEvolution, { ranges: ranges(5), adaptation: 'jDE', mutation: 'rand/1' }, seed),
  ],
  ['a particle swarm', (seed: number) => startOf(particleSwarm, swarmSettings, seed)],
  [
    'a particle swarm as ACP’s code has it',
    (seed: number) => startOf(particleSwarm, { ...swarmSettings, compatibility: 'acp-code' }, seed),
  ],
])('%s', (_, started) => {
  it('is the same for the same seed, in whatever order fitnesses arrive', () => {
    const inOrder = started(3)();
    for (const order of [1, 2]) {
      const { state, best } = started(3)({ arrive: straggling(order) });
      expect(best).toEqual(inOrder.best);
      expect(JSON.stringify(state)).toBe(JSON.stringify(inOrder.state));
    }
    expect(started(4)().state).not.toEqual(inOrder.state);
  });

  it('goes on from its state as JSON as if nothing had been', () => {
    expect(started(5)({ throughJson: true })).toEqual(started(5)());
  });

  it('never asks for the same genome twice, and stays within its ranges', () => {
    const genomes: Genome[] = [];
    started(6)({
      fitness: (genome) => {
        genomes.push(genome);
        return hill(genome);
      },
    });
    expect(new Set(genomes.map(String)).size).toBe(genomes.length);
    for (const value of genomes.flat()) {
      expect(Number.isInteger(value)).toBe(true);
      expect(value).toBeGreaterThanOrEqual(1);
      expect(value).toBeLessThanOrEqual(40);
    }
  });

  it('improves on where it began', () => {
    const firsts: number[] = [];
    const { best } = started(7)({
      arrive: (all) => {
        if (firsts.length === 0) firsts.push(...all.map(({ fitness }) => fitness!));
        return [all];
      },
    });
    expect(best.fitness!).toBeGreaterThan(Math.max(...firsts));
  });

  it('ends, and says so, when nothing can be evaluated', () => {
    expect(started(8)({ fitness: () => Number.NaN }).best.fitness).toBeNull();
  });

  it('prefers anything to a genome that could not be evaluated', () => {
    const { best } = started(9)({ fitness: (genome) => (genome[0]! % 2 === 0 ? null : hill(genome)) });
    expect(best.genome[0]! % 2).toBe(1);
  });
});

describe('differential evolution', () => {
  it('finds the top of a hill of five dimensions', () => {
    const { state } = run(differentialEvolution, differentialEvolution.start({ ranges: ranges(5), generations: 60 }, 1));
    expect(differentialEvolution.best(state)).toEqual({ genome: [7, 14, 21, 28, 35], fitness: 0 });
  });

  it('is twice as near as the best of as many random guesses', () => {
    const { state, asked } = run(differentialEvolution, differentialEvolution.start({ ranges: ranges(12) }, 1));
    const generator = createGenerator(7, 'guesses');
    const guesses = Array.from({ length: asked }, () => hill(Array.from({ length: 12 }, () => 1 + generator.integer(40))));
    expect(differentialEvolution.best(state).fitness!).toBeGreaterThan(Math.max(...guesses) / 2);
  });

  it('with one value for every gene has nothing to search', () => {
    const state = differentialEvolution.start({ ranges: ranges(3, 1) }, 1);
    expect(state.isFinished).toBe(true);
    expect(differentialEvolution.candidates(state)).toEqual([]);
    expect(differentialEvolution.best(state)).toEqual({ genome: [1, 1, 1], fitness: null });
  });

  it('lets a child win a tie', () => {
    let state = differentialEvolution.start({ ranges: ranges(4), generations: 1 }, 2);
    const flat = (now: DifferentialEvolutionState) =>
      differentialEvolution.tell(
        now,
        differentialEvolution.candidates(now).map((genome) => ({ genome, fitness: 0 })),
      );
    state = flat(state);
    const children = state.children.map(({ genome }) => genome);
    expect(flat(state).population.map(({ genome }) => genome)).toEqual(children);
  });

  it('brings F down from .9 towards .4 and CR up from .5 towards .9', () => {
    const seen: number[][] = [];
    let state = differentialEvolution.start({ ranges: ranges(6), generations: 4 }, 2);
    for (let open = differentialEvolution.candidates(state); open.length > 0; open = differentialEvolution.candidates(state)) {
      state = differentialEvolution.tell(
        state,
        open.map((genome) => ({ genome, fitness: hill(genome) })),
      );
      const child = state.children[0];
      if (child !== undefined) seen.push([child.scale, child.crossoverRate].map((value) => Number(value.toFixed(9))));
    }
    expect(seen).toEqual([
      [0.9, 0.5],
      [0.775, 0.6],
      [0.65, 0.7],
      [0.525, 0.8],
    ]);
  });

  it('refuses ranges that are none', () => {
    expect(() => differentialEvolution.start({ ranges: [{ least: 2, most: 1 }] }, 1)).toThrow(RangeError);
  });
});

describe('the particle swarm', () => {
  const first = (settings: object = {}) => particleSwarm.start({ ...swarmSettings, ...settings }, 11);
  const evaluated = (state: ParticleSwarmState) =>
    particleSwarm.tell(
      state,
      particleSwarm.candidates(state).map((genome) => ({ genome, fitness: hill(genome) })),
    );

  it('starts with the clustered widths, particle i at most i away from them', () => {
    const { particles } = first();
    expect(particles[0]!.position).toEqual(swarmSettings.start);
    particles.forEach(({ position, velocity }, index) => {
      for (const width of position) expect([20 - index, 20, 20 + index]).toContain(width);
      for (const speed of velocity) expect(Math.abs(speed)).toBeLessThanOrEqual(2);
    });
  });

  it('moves eight genes of each particle by at most four', () => {
    const before = evaluated(first());
    before.particles.forEach(({ position, move }) => {
      expect(new Set(move!.genes).size).toBe(8);
      position.forEach((width, gene) => {
        expect(Math.abs(width - move!.from[gene]!)).toBeLessThanOrEqual(4);
        if (!move!.genes.includes(gene)) expect(width).toBe(move!.from[gene]);
      });
    });
  });

  it('as ACP’s code has it never moves the last gene, and passes the first eight speeds only', () => {
    let state = first({ compatibility: 'acp-code' });
    const speeds = state.particles.map(({ velocity }) => velocity.slice(8));
    const last = state.particles.map(({ position }) => position[11]);
    while (!state.isFinished) state = evaluated(state);
    expect(state.particles.map(({ position }) => position[11])).toEqual(last);
    expect(state.particles.map(({ velocity }) => velocity.slice(8))).toEqual(speeds);
  });

  it('as ACP’s code has it takes a width that passes its most to one less', () => {
    let state = first({ compatibility: 'acp-code', ranges: ranges(12, 20), stride: 50 });
    state = evaluated(state);
    const widths = state.particles.flatMap(({ position, move }) => move!.genes.map((gene) => position[gene]!));
    expect(widths).toContain(19);
    expect(widths).toContain(1);
    expect(widths).not.toContain(20);
    expect(evaluated(first({ ranges: ranges(12, 20), stride: 50 })).particles.flatMap(({ position }) => position)).toContain(20);
  });

  it('changes speeds as the formula says, .729·(w·v + 2R·(own − x) + 2R·(swarm − x)), with w from .6', () => {
    const moved = evaluated(first());
    const after = evaluated(moved);
    // The first particle is settled before any other of its cycle, so the swarm's best is still the one from before.
    const { velocity, best, move } = moved.particles[0]!;
    const { from, pull, genes } = move!;
    velocity.forEach((speed, gene) => {
      const towards = best[gene]! - from[gene]! + moved.best![gene]! - from[gene]!;
      const changed = Math.min(2, Math.max(-2, 0.729 * (0.6 * speed + 2 * pull * towards)));
      expect(after.particles[0]!.velocity[gene]).toBeCloseTo(genes.includes(gene) ? changed : speed, 12);
    });
  });

  it('loses its inertia from cycle to cycle: .6, .575, … .425, as ACP’s code has it', () => {
    expect(Array.from({ length: 8 }, (_, cycle) => Number(inertia(cycle, 8).toFixed(12)))).toEqual([
      0.6, 0.575, 0.55, 0.525, 0.5, 0.475, 0.45, 0.425,
    ]);
  });

  it('a whole cycle at a time ends as ACP’s one-by-one loop does', () => {
    const state = first({ compatibility: 'acp-code' });
    expect(particleSwarm.best(run(particleSwarm, state).state)).toEqual(oneByOne(state));
  });

  it('asks for 10 + 8 · 10 evaluations at most', () => {
    expect(run(particleSwarm, first()).asked).toBeLessThanOrEqual(90);
  });

  it('of one gene, and of fewer than eight, still runs', () => {
    for (const compatibility of ['clean', 'acp-code'])
      expect(
        run(particleSwarm, particleSwarm.start({ ranges: ranges(1), start: [20], compatibility: compatibility as 'clean' }, 1)).state
          .isFinished,
      ).toBe(true);
  });
});

type Options = { fitness?: (genome: Genome) => number | null; arrive?: (all: Evaluation[]) => Evaluation[][]; throughJson?: boolean };

/** A started search, ready to be run to its end in one way or another. */
function startOf<Settings, State extends DifferentialEvolutionState | ParticleSwarmState>(
  search: Search<Settings, State>,
  settings: Settings,
  seed: number,
) {
  return ({ throughJson = false, ...options }: Options = {}) => {
    const storing: Search<Settings, State> = {
      ...search,
      tell: (state, evaluations) => {
        const stored: unknown = JSON.parse(JSON.stringify(search.tell(state, evaluations)));
        return ('cycle' in state ? ParticleSwarmStateSchema : DifferentialEvolutionStateSchema).parse(stored) as State;
      },
    };
    const { state, asked } = run(throughJson ? storing : search, search.start(settings, seed), options);
    return { best: search.best(state), state, asked };
  };
}

/** The loop of ACP's code, written down as it is: every particle moves, changes its speed and is evaluated before the next one does. */
function oneByOne({ particles, settings, generator: words }: ParticleSwarmState) {
  const generator = restoreGenerator(words);
  const swarm = particles.map(({ position, velocity }) => ({
    x: [...position],
    v: [...velocity],
    best: [...position],
    fitness: hill(position),
  }));
  let global = swarm[0]!;
  for (const particle of swarm) if (particle.fitness > global.fitness) global = particle;
  let gbest = [...global.x];
  let gfit = global.fitness;
  for (let cycle = 0; cycle < 8; cycle++) {
    const w = (0.5 * (8 - cycle)) / 20 + 0.4;
    for (const particle of swarm) {
      const old = [...particle.x];
      const r = generator.uniform();
      for (let draw = 0; draw < 8; draw++) {
        const k = generator.integer(old.length - 1);
        particle.x[k] = Math.trunc(particle.x[k]! + 2 * particle.v[k]!);
        if (particle.x[k]! < 1) particle.x[k] = 1;
        if (particle.x[k]! > settings.ranges[k]!.most) particle.x[k] = settings.ranges[k]!.most - 1;
      }
      for (let k = 0; k < 8; k++) {
        const pull = 2 * r * (particle.best[k]! - old[k]!) + 2 * r * (gbest[k]! - old[k]!);
        particle.v[k] = Math.max(-2, Math.min(2, 0.729 * (w * particle.v[k]! + pull)));
      }
      const fitness = hill(particle.x);
      if (fitness > particle.fitness) {
        particle.fitness = fitness;
        particle.best = [...particle.x];
      }
      if (fitness > gfit) {
        gfit = fitness;
        gbest = [...particle.x];
      }
    }
  }
  return { genome: gbest, fitness: gfit };
}
