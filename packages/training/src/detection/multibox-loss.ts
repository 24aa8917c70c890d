import { softmaxCrossEntropy, tf } from '@espalier/tensor';

/** How many priors without an object are learnt from for each that has one (Liu et al. 2016, section 2.2, "hard negative mining"). */
const negativesPerMatch = 3;

export interface MultiboxLoss {
  readonly loss: tf.Scalar;
  /** The parts of `loss`: of the class logits, and of the offsets. */
  readonly confidence: tf.Scalar;
  readonly localisation: tf.Scalar;
}

/**
 * The loss of SSD (Liu et al. 2016, eq. 1 to 3), L = (L_conf + L_loc) / N with N the priors that answer for an object, in the whole batch:
 *
 * - L_conf is the softmax cross-entropy of these priors, and of the priors of background that are mined, three for each in their picture;
 * - L_loc is the smooth L1 distance of these priors' offsets.
 *
 * A picture without objects gives nothing to it; a batch without any has loss 0 and gradient 0, as the paper says.
 *
 * @param logits [batch, priors, classes], class 0 the background
 * @param offsets [batch, priors, 4]
 * @param labels [batch, priors] of int32: 0 for the background; `wantedOffsets` [batch, priors, 4] count where it is not. See `matchScenes`.
 */
export function multiboxLoss(
  { logits, offsets }: { readonly logits: tf.Tensor3D; readonly offsets: tf.Tensor3D },
  { labels, wantedOffsets }: { readonly labels: tf.Tensor2D; readonly wantedOffsets: tf.Tensor3D },
): MultiboxLoss {
  const [batch, priors, classes] = logits.shape;
  const matched = tf.cast(tf.greater(labels, 0), 'float32') as tf.Tensor2D;
  const matchCount = tf.maximum(tf.sum(matched), 1);
  const chosen = tf.oneHot(tf.reshape(labels, [-1]), classes, 1, 0, 'float32') as tf.Tensor2D;
  const entropies = tf.reshape(softmaxCrossEntropy(chosen, tf.reshape(logits, [-1, classes])), [batch, priors]) as tf.Tensor2D;
  const counted = tf.add(matched, minedNegatives(entropies, matched));
  const distances = tf.sum(smoothL1(tf.sub(offsets, wantedOffsets)), 2);
  const confidence = tf.div(tf.sum(tf.mul(entropies, counted)), matchCount) as tf.Scalar;
  const localisation = tf.div(tf.sum(tf.mul(distances, matched)), matchCount) as tf.Scalar;
  return { loss: tf.add(confidence, localisation) as tf.Scalar, confidence, localisation };
}

/**
 * 1 for each prior of background that is learnt from, else 0: in every picture those with the largest loss, three for each prior with an object, of equal ones the first. There is no gradient
 * through the choice.
 * @param entropies [batch, priors], none negative @param matched [batch, priors], 1 for a prior with an object
 */
export function minedNegatives(entropies: tf.Tensor2D, matched: tf.Tensor2D): tf.Tensor2D {
  const priors = entropies.shape[1];
  const mine = tf.customGrad((...inputs) => {
    const [losses, marks] = inputs as tf.Tensor[];
    const hardness = tf.sub(losses!, tf.mul(marks!, tf.add(losses!, 1)));
    // The place of each prior in the order of hardness is that order, inverted; sorting the order itself inverts it. Both sorts put equals in the order of their places.
    const order = tf.topk(hardness, priors).indices;
    const rank = tf.topk(tf.neg(tf.cast(order, 'float32')), priors).indices;
    const wanted = tf.mul(tf.sum(marks!, 1, true), negativesPerMatch);
    const among = tf.cast(tf.less(tf.cast(rank, 'float32'), wanted), 'float32');
    const value = tf.mul(among, tf.sub(1, marks!));
    return { value, gradFunc: () => [tf.zerosLike(losses!), tf.zerosLike(marks!)] };
  });
  return mine(entropies, matched) as tf.Tensor2D;
}

/** ½x² up to |x| = 1, |x| − ½ beyond (Girshick 2015, eq. 3), for each number. */
function smoothL1(difference: tf.Tensor): tf.Tensor {
  const size = tf.abs(difference);
  const squared = tf.minimum(size, 1);
  return tf.add(tf.mul(tf.square(squared), 0.5), tf.sub(size, squared));
}
