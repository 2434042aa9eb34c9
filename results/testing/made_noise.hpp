// Noise of launches for simulations: the same numbers with every standard library.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <string_view>
#include <utility>

namespace ipcbench::testing {

// Uniform and normal numbers that are the same with every standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : bits_(seed) {}
  double uniform() { return (static_cast<double>(bits_() >> 11U) + 0.5) / 9007199254740992.0; }
  bool coin(double probability) { return uniform() < probability; }
  // Box and Muller.
  double normal() { return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform()); }

 private:
  std::mt19937_64 bits_;
};

enum class Noise { gaussian, contaminated, bimodal, drifting };
inline constexpr std::pair<Noise, std::string_view> kNoises[] = {
    {Noise::gaussian, "Gaussian"},
    {Noise::contaminated, "contaminated (one launch in ten has 5 times the sd)"},
    {Noise::bimodal, "bimodal (two modes 4 sd apart)"},
    {Noise::drifting, "drifting (AR(1), 0.8 from launch to launch)"}};

// Successive launches of one cell: the logarithms of their times.
class CellNoise {
 public:
  CellNoise(Noise noise, double sd, Random& random)
      : noise_(noise), sd_(sd), random_(random), state_(random.normal()) {}

  double next() {
    constexpr double kMemory = 0.8;
    switch (noise_) {
      case Noise::gaussian:
        return sd_ * random_.normal();
      case Noise::contaminated:
        return sd_ * random_.normal() * (random_.coin(0.1) ? 5 : 1);
      case Noise::bimodal:
        return sd_ * (random_.normal() + (random_.coin(0.5) ? 4 : 0));
      case Noise::drifting:
        state_ = kMemory * state_ + std::sqrt(1 - kMemory * kMemory) * random_.normal();
        return sd_ * state_;
    }
    return 0;
  }

 private:
  Noise noise_;
  double sd_;
  Random& random_;
  double state_;
};

}  // namespace ipcbench::testing
