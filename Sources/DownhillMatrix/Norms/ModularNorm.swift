public import Downhill
public import DownhillBase

/// The norm of a network, put together from the norms of its modules: what each of its matrices may move so that the
/// network's output moves by a known amount.
///
/// A module has a *mass*, its share in what is learned, and a *sensitivity*, how far its output moves where its input
/// does. The norm of all weights is the largest of cₖ‖Wₖ‖ over its matrices, and a step of size η moves each Wₖ by η/cₖ in
/// its own norm:
///
///     linear ∘ …    mass and norm of an atom as given, c = 1
///     B after A     cₖ ← (m/m_A)·s_B·cₖ in A, (m/m_B)·cₖ in B;  m = m_A + m_B, s = s_A·s_B
///     A beside B    cₖ ← (m/m_A)·cₖ in A, (m/m_B)·cₖ in B;      m = m_A + m_B, s = s_A + s_B
///
/// Large et al. 2024, *Scalable Optimization in the Modular Norm*, arXiv:2405.14813, section 3.
public struct ModularNorm: Sendable {
  /// The matrices that a condition takes, and how they are measured.
  public struct Weight: Sendable {
    public let selector: ParameterSelector
    public let norm: MatrixNorm
    /// Whether they lie [inputs, outputs].
    public let transposed: Bool
    /// c: what their norm is multiplied by in the norm of all.
    public let factor: Double
  }

  public let mass: Double
  public let sensitivity: Double
  private let leaves: [Leaf]

  /// A module's own matrices. Within a larger one masses stay what they are, and so the quotients m/m_A telescope: c is the
  /// mass of all over the own, times the sensitivities of what follows.
  private struct Leaf {
    let selector: ParameterSelector
    let norm: MatrixNorm
    let transposed: Bool
    let mass: Double
    let gain: Double

    func scaled(mass: Double = 1, gain: Double = 1) -> Leaf {
      Leaf(selector: selector, norm: norm, transposed: transposed, mass: self.mass * mass, gain: self.gain * gain)
    }
  }

  /// The matrices, in the order of the modules; the factor of one without mass is infinite.
  public var weights: [Weight] {
    leaves.map { leaf in
      Weight(
        selector: leaf.selector, norm: leaf.norm, transposed: leaf.transposed,
        factor: leaf.mass > 0 ? mass / leaf.mass * leaf.gain : .infinity)
    }
  }

  /// A module with weights of its own.
  /// - Parameters:
  ///   - selector: Its parameters, each of which is measured by itself.
  ///   - norm: How.
  ///   - transposed: Whether they lie [inputs, outputs], as an embedding's table does.
  ///   - mass: At least 0; 0 keeps them where they are.
  ///   - sensitivity: At least 0; 1 for a linear map in the norm of its inputs and outputs.
  public static func atom(
    _ selector: ParameterSelector, _ norm: MatrixNorm, transposed: Bool = false, mass: Double = 1,
    sensitivity: Double = 1
  ) -> ModularNorm {
    ModularNorm(
      mass: mass, sensitivity: sensitivity,
      leaves: [Leaf(selector: selector, norm: norm, transposed: transposed, mass: mass, gain: 1)])
  }

  /// A module without weights, such as a nonlinearity.
  /// - Parameter sensitivity: How far its output moves where its input does; at most 1 for a ReLU.
  public static func bond(sensitivity: Double = 1) -> ModularNorm {
    ModularNorm(mass: 0, sensitivity: sensitivity, leaves: [])
  }

  /// This one, and then the next on its output.
  public func then(_ next: ModularNorm) -> ModularNorm {
    ModularNorm(
      mass: mass + next.mass, sensitivity: sensitivity * next.sensitivity,
      leaves: leaves.map { $0.scaled(gain: next.sensitivity) } + next.leaves)
  }

  /// This one and another on inputs of their own, whose outputs are taken together.
  public func beside(_ other: ModularNorm) -> ModularNorm {
    ModularNorm(
      mass: mass + other.mass, sensitivity: sensitivity + other.sensitivity, leaves: leaves + other.leaves)
  }

  /// The same with another mass: how much of what is learned is learned here.
  public func tared(to mass: Double) -> ModularNorm {
    let share = self.mass > 0 ? mass / self.mass : 0
    return ModularNorm(mass: mass, sensitivity: sensitivity, leaves: leaves.map { $0.scaled(mass: share) })
  }

  /// Steepest descent under this norm, as a plan: a group a kind of matrix, at the rate η/c.
  ///
  /// A step's size is η whatever the gradients are: the dual norm of all, a sum over the network, is left out, as Muon and
  /// Scion leave it out.
  /// - Parameters:
  ///   - rule: The rate η, momentum and orthogonaliser of all; its norm, orientation and dual norm are set here.
  ///   - rest: What moves parameters that no module takes; nil where they stay as they are.
  /// - Throws: Where a hyperparameter is out of range.
  public func plan(_ rule: Steepest, rest: OptimizerSpec?) throws(SpecError) -> OptimizerPlan {
    var groups = [OptimizerPlan.Group]()
    for weight in weights {
      guard weight.factor.isFinite else {
        groups.append(try OptimizerPlan.Group(weight.selector, nil))
        continue
      }
      guard weight.factor > 0 else {
        throw SpecError("a module behind one of sensitivity 0 has no size: its factor is \(weight.factor), not above 0")
      }
      var own = rule
      own.norm = weight.norm
      own.transposed = weight.transposed
      own.scalesByDual = false
      groups.append(
        try OptimizerPlan.Group(weight.selector, try OptimizerSpec(own), rateMultiplier: 1 / weight.factor))
    }
    return try OptimizerPlan(groups, rest: rest)
  }
}

extension ModularNorm {
  /// The norm of a network by the roles of its parameters, each measured by what it does to activations whose root mean
  /// square is near 1:
  ///
  /// | role | norm | lies |
  /// |---|---|---|
  /// | embedding | `one-to-rms` | [tokens, width], transposed |
  /// | hidden, convolution | `rms-to-rms` | [out, in] |
  /// | head | `rms-to-inf` | [classes, width] |
  /// | gain | `max`, the norm of a diagonal matrix | |
  /// | bias | `rms-to-rms`, its root mean square | |
  /// | scalar | `max` | |
  ///
  /// Parameters of one role share their factor: M/m, with m the role's mass and M the sum of all masses. Every matrix of a
  /// role may then move its output by η·m/M, and a network of L hidden matrices wants a mass of theirs that follows L.
  /// - Parameter masses: The mass of a role; 1 for one that is not named.
  public static func byRole(_ masses: [(role: ParameterRole, mass: Double)] = []) -> ModularNorm {
    let atoms = ParameterRole.allCases.map { role in
      let mass = masses.last { $0.role == role }?.mass ?? 1
      return atom(
        ParameterSelector(roles: [role]), role.norm, transposed: role == .embedding, mass: mass, sensitivity: 1)
    }
    return atoms.dropFirst().reduce(atoms[0]) { $0.then($1) }
  }
}

extension ParameterRole {
  /// What a step of a parameter of this role is measured by in `ModularNorm.byRole`.
  public var norm: MatrixNorm {
    switch self {
    case .embedding: .oneToRMS
    case .hidden, .convolution, .bias: .rmsToRMS
    case .head: .rmsToInfinity
    case .gain, .scalar: .max
    }
  }
}
