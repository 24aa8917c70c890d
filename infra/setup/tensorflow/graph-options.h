// Compiled in front of the npm package's binding (see binding.mjs).
//
// Two things that TensorFlow's C API takes and the binding has no argument for:
// - attributes that are lists of strings or of types, as fused operations have. Either is given as one string, with commas between, types by their
//   numbers.
// - the settings of a session. They are the hexadecimal digits of a serialized tensorflow.ConfigProto in ESPALIER_SESSION_CONFIG, read when a graph is
//   loaded.

#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "tensorflow/c/c_api.h"
#include "tensorflow/c/eager/c_api.h"

namespace espalier {

inline std::vector<std::string> SplitAtCommas(const std::string &text) {
  std::vector<std::string> parts;
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find(',', start), text.size());
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

inline void SetStringOrList(TFE_Op *op, const char *name, const void *value, size_t length) {
  TF_Status *status = TF_NewStatus();
  unsigned char is_list = 0;
  const TF_AttrType type = TFE_OpGetAttrType(op, name, &is_list, status);
  const bool known = TF_GetCode(status) == TF_OK;
  TF_DeleteStatus(status);
  if (!known || is_list == 0) {
    TFE_OpSetAttrString(op, name, value, length);
    return;
  }
  const std::vector<std::string> parts = SplitAtCommas(std::string(static_cast<const char *>(value), length));
  const int count = static_cast<int>(parts.size());
  if (type == TF_ATTR_TYPE) {
    std::vector<TF_DataType> types;
    for (const std::string &part : parts) types.push_back(static_cast<TF_DataType>(std::atoi(part.c_str())));
    TFE_OpSetAttrTypeList(op, name, types.data(), count);
    return;
  }
  std::vector<const void *> values;
  std::vector<size_t> lengths;
  for (const std::string &part : parts) {
    values.push_back(part.data());
    lengths.push_back(part.size());
  }
  TFE_OpSetAttrStringList(op, name, values.data(), lengths.data(), count);
}

inline TF_SessionOptions *NewSessionOptions() {
  TF_SessionOptions *options = TF_NewSessionOptions();
  const char *digits = std::getenv("ESPALIER_SESSION_CONFIG");
  if (digits == nullptr) return options;
  std::string config;
  for (const char *pair = digits; pair[0] != '\0' && pair[1] != '\0'; pair += 2)
    config.push_back(static_cast<char>(std::strtol(std::string(pair, 2).c_str(), nullptr, 16)));
  TF_Status *status = TF_NewStatus();
  // A configuration that is none leaves the options as they are; what it should have changed is then missing from the graph, which the caller sees.
  TF_SetConfig(options, config.data(), config.size(), status);
  TF_DeleteStatus(status);
  return options;
}

}  // namespace espalier

#define TFE_OpSetAttrString espalier::SetStringOrList
#define TF_NewSessionOptions espalier::NewSessionOptions
