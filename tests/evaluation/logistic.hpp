// Logistic regression: Newton's steps on the penalised likelihood.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace runneriq::evaluation {

struct Sample {
  std::vector<double> x;
  double y = 0;       // 0..1
  double weight = 1;  // how much it counts
};

inline double logistic(const std::vector<double>& weights, const std::vector<double>& x) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += weights[i] * x[i];
  return 1 / (1 + std::exp(-sum));
}

// `a` is symmetric and positive: Gauss's elimination.
inline std::vector<double> solved(std::vector<std::vector<double>> a, std::vector<double> b) {
  const std::size_t n = b.size();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t row = i + 1; row < n; ++row) {
      const double factor = a[row][i] / a[i][i];
      if (factor == 0) continue;
      for (std::size_t col = i; col < n; ++col) a[row][col] -= factor * a[i][col];
      b[row] -= factor * b[i];
    }
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t col = i + 1; col < n; ++col) b[i] -= a[i][col] * b[col];
    b[i] /= a[i][i];
  }
  return b;
}

// `ridge` is the penalty on the square of each weight; the first feature, which is 1, has nearly none.
inline std::vector<double> fitted(const std::vector<const Sample*>& samples, double ridge) {
  const std::size_t n = samples.front()->x.size();
  std::vector<double> weights(n, 0);
  for (int step = 0; step < 12; ++step) {
    std::vector<std::vector<double>> a(n, std::vector<double>(n, 0));
    std::vector<double> b(n, 0);
    for (const Sample* s : samples) {
      const double p = logistic(weights, s->x);
      const double d = s->weight * p * (1 - p) + 1e-9;
      for (std::size_t i = 0; i < n; ++i) {
        if (s->x[i] == 0) continue;
        b[i] += s->weight * (s->y - p) * s->x[i];
        for (std::size_t j = 0; j < n; ++j) a[i][j] += d * s->x[i] * s->x[j];
      }
    }
    for (std::size_t i = 0; i < n; ++i) {
      const double penalty = i == 0 ? 1e-3 : ridge;
      a[i][i] += penalty;
      b[i] -= penalty * weights[i];
    }
    const std::vector<double> move = solved(a, b);
    for (std::size_t i = 0; i < n; ++i) weights[i] += move[i];
  }
  return weights;
}

}  // namespace runneriq::evaluation
