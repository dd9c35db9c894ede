// A folder of one's own, on every platform.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <string>
#include <string_view>

namespace pawl {

// Made below the system's folder for such things; its absolute path as pawl has paths: with '/'.
inline std::string fresh_folder(std::string_view prefix) {
  std::error_code error;
  const std::filesystem::path top = std::filesystem::canonical(std::filesystem::temp_directory_path());
  std::random_device random;
  for (int i = 0; i < 100; ++i) {
    const std::string name = std::string(prefix) + "-" + std::to_string(random()) + std::to_string(random());
    if (std::filesystem::create_directory(top / name, error)) return (top / name).generic_string();
  }
  ADD_FAILURE() << "no folder can be made in " << top << ": " << error.message();
  return {};
}

}  // namespace pawl
