/** One network as both sides train it. */
export interface Contestant {
  readonly title: string;
  /** In the zoo, and in `pytorch_networks.py`. */
  readonly zoo: string;
  readonly batch: number;
  /** Of the pictures, in pixels. */
  readonly side: number;
  /** Steps, and passes, in one process. */
  readonly steps: number;
}

export const contestants: readonly Contestant[] = [
  { title: 'ResNet-20', zoo: 'resnet20', batch: 128, side: 32, steps: 12 },
  { title: 'ResNet-56', zoo: 'resnet56', batch: 128, side: 32, steps: 6 },
  { title: 'VGG-16 (CIFAR)', zoo: 'vgg16-cifar-linear', batch: 64, side: 32, steps: 6 },
  { title: 'MobileNetV2', zoo: 'mobilenet-v2', batch: 16, side: 224, steps: 5 },
  { title: 'SSD300', zoo: 'ssd300-vgg16', batch: 8, side: 300, steps: 3 },
];
