/** One network under its name on both sides. */
export interface Contestant {
  readonly title: string;
  /** In the zoo. */
  readonly zoo: string;
  /** In torchvision, or in `torch_pruning_peer.py` for the CIFAR ResNet. */
  readonly torch: string;
  /** How many times faster than Torch-Pruning Espalier is to be. */
  readonly goal: number;
}

export const contestants: readonly Contestant[] = [
  { title: 'ResNet-56', zoo: 'resnet56-b', torch: 'resnet56', goal: 3 },
  { title: 'ResNet-50', zoo: 'resnet50', torch: 'resnet50', goal: 3 },
  { title: 'VGG-16-BN', zoo: 'vgg16', torch: 'vgg16_bn', goal: 3 },
  { title: 'GoogLeNet', zoo: 'googlenet', torch: 'googlenet', goal: 3 },
  { title: 'MobileNetV2', zoo: 'mobilenet-v2', torch: 'mobilenet_v2', goal: 3 },
  { title: 'DenseNet-121', zoo: 'densenet121', torch: 'densenet121', goal: 10 },
];
