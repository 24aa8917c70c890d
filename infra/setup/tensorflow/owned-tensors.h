// Compiled in front of the npm package's binding (see binding.mjs).
//
// The binding hands TensorFlow the memory of JavaScript arrays, and lets the array go when TensorFlow lets go of its tensor. That may happen on
// any of TensorFlow's threads, for instance when a graph puts something else into a variable that a fed tensor had filled; Node-API may be
// called on the JavaScript thread alone, and two such threads at once spoil Node's list of references, and with it the heap. Here a tensor gets
// memory of its own, and the array is let go at once, on the thread that called.

#pragma once

#include <cstring>

#include "tensorflow/c/tf_tensor.h"

namespace espalier {

inline TF_Tensor *NewOwnedTensor(TF_DataType dtype, const int64_t *dims, int num_dims, void *data, size_t byte_count,
                                 void (*release)(void *data, size_t byte_count, void *arg), void *arg) {
  TF_Tensor *tensor = TF_AllocateTensor(dtype, dims, num_dims, byte_count);
  if (tensor != nullptr && byte_count > 0) std::memcpy(TF_TensorData(tensor), data, byte_count);
  release(data, byte_count, arg);
  return tensor;
}

}  // namespace espalier

#define TF_NewTensor espalier::NewOwnedTensor
