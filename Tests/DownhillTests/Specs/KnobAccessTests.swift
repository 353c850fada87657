import Downhill
import DownhillBase
import DownhillMatrix
import Testing

/// Each knob reads and writes what it says, and nothing else.
@Suite("Knobs of a rule")
struct KnobAccessTests {
  private static let types: [any Configurable.Type] = [
    SGD.self, SGDW.self, ASGD.self, Rprop.self, AdaGrad.self, AdaDelta.self, RMSProp.self, Adam.self, AdamW.self,
    Adamax.self, NAdam.self, NAdamW.self, RAdam.self, AdaBelief.self, Yogi.self, LaProp.self, QHAdam.self, ADOPT.self,
    Adan.self, AdEMAMix.self, SimplifiedAdEMAMix.self, Grams.self, AdaBound.self, MARS.self, LAMB.self, LARS.self,
    NovoGrad.self, Fromage.self, Lion.self, SignSGD.self, Tiger.self, AdamWVariants.self, ScheduleFreeSGD.self,
    ScheduleFreeAdamW.self, Prodigy.self, Sophia.self, Adafactor.self, AdamMini.self, Muon.self, NorMuon.self,
    AdaMuon.self, MuonClip.self, MuonH.self, Scion.self, PolarGrad.self, SpectralDescent.self, Dion2.self,
    NorDion2.self, SOAP.self, Shampoo.self, KLShampoo.self, Kron.self, Dion.self, Steepest.self, Clip.self,
    Cautious.self, AGC.self, Centralize.self, Noise.self, Grokfast.self, Accumulate.self, CautiousDecay.self,
    CPR.self, Lookahead.self, EMA.self, TailAverage.self, Switch.self,
  ]

  @Test("write one hyperparameter each, and read it back")
  func access() {
    for type in Self.types { expectAccess(type) }
    // A new one belongs in the list.
    #expect(Self.types.count == Catalogue.full.rules.count + Catalogue.full.wrappers.count)
  }

  private func expectAccess<Owner: Configurable>(_: Owner.Type) {
    let knobs = Owner.knobs
    let initial = knobs.map { $0.read(Owner()) }
    #expect(initial == knobs.map { $0.description.initial }, "\(Owner.self)")
    for (place, knob) in knobs.enumerated() {
      for value in values(of: knob.description) {
        var owner = Owner()
        knob.write(&owner, value)
        var expected = initial
        expected[place] = value
        #expect(knobs.map { $0.read(owner) } == expected, "\(Owner.self), \(knob.description.name)=\(value)")
      }
    }
  }

  private func values(of knob: KnobDescription) -> [Double] {
    switch knob.kind {
    case .number: [0, 0.375]
    case .integer: [0, 3]
    case .flag: [0, 1]
    case .choice(let names): names.indices.map { Double($0) }
    case .extent: []
    }
  }

  /// Each argument at another value than its neighbours', so that none can stand in another's place.
  private static let initializers: [(rule: any Rule, text: String)] = [
    (
      SGD(learningRate: 0.5, momentum: 0.25, dampening: 0.125, weightDecay: 0.75),
      "sgd:lr=0.5,momentum=0.25,dampening=0.125,weight-decay=0.75"
    ),
    (SGD(learningRate: 0.5, momentum: 0.25, nesterov: true), "sgd:lr=0.5,momentum=0.25,nesterov=true"),
    (
      AdaGrad(learningRate: 0.5, learningRateDecay: 0.25, weightDecay: 0.125, initialAccumulator: 2, epsilon: 0.75),
      "adagrad:lr=0.5,lr-decay=0.25,weight-decay=0.125,initial-accumulator-value=2,eps=0.75"
    ),
    (
      AdaDelta(learningRate: 0.5, rho: 0.25, epsilon: 0.125, weightDecay: 0.75),
      "adadelta:lr=0.5,rho=0.25,eps=0.125,weight-decay=0.75"
    ),
    (
      RMSProp(learningRate: 0.5, rho: 0.25, epsilon: 0.125, weightDecay: 0.75, momentum: 2, centered: true),
      "rmsprop:lr=0.5,rho=0.25,eps=0.125,weight-decay=0.75,momentum=2,centered=true"
    ),
    (
      Adam(learningRate: 0.5, beta1: 0.25, beta2: 0.125, epsilon: 0.75, weightDecay: 2, amsgrad: true),
      "adam:lr=0.5,beta1=0.25,beta2=0.125,eps=0.75,weight-decay=2,amsgrad=true"
    ),
    (
      AdamW(learningRate: 0.5, beta1: 0.25, beta2: 0.125, epsilon: 0.75, weightDecay: 2, amsgrad: true),
      "adamw:lr=0.5,beta1=0.25,beta2=0.125,eps=0.75,weight-decay=2,amsgrad=true"
    ),
    (
      LAMB(learningRate: 0.5, beta1: 0.25, beta2: 0.125, epsilon: 0.75, weightDecay: 2),
      "lamb:lr=0.5,beta1=0.25,beta2=0.125,eps=0.75,weight-decay=2"
    ),
    (
      Lion(learningRate: 0.5, beta1: 0.25, beta2: 0.125, weightDecay: 0.75),
      "lion:lr=0.5,beta1=0.25,beta2=0.125,weight-decay=0.75"
    ),
    (
      SGDW(learningRate: 0.5, momentum: 0.25, nesterov: true, weightDecay: 0.75),
      "sgdw:lr=0.5,momentum=0.25,nesterov=true,weight-decay=0.75"
    ),
    (
      ASGD(learningRate: 0.5, lambd: 0.25, alpha: 0.125, averagingStart: 7, weightDecay: 2),
      "asgd:lr=0.5,lambd=0.25,alpha=0.125,t0=7,weight-decay=2"
    ),
    (
      Rprop(learningRate: 0.75, shrink: 0.25, grow: 1.5, leastStep: 0.125, largestStep: 2),
      "rprop:lr=0.75,eta-minus=0.25,eta-plus=1.5,min-step=0.125,max-step=2"
    ),
    (
      Adamax(learningRate: 0.5, beta1: 0.25, beta2: 0.125, epsilon: 0.75, weightDecay: 2),
      "adamax:lr=0.5,beta1=0.25,beta2=0.125,eps=0.75,weight-decay=2"
    ),
    (
      NAdam(
        learningRate: 0.5, beta1: 0.25, beta2: 0.125, epsilon: 0.75, weightDecay: 2, momentumDecay: 3,
        decayPath: .decoupled),
      "nadam:lr=0.5,beta1=0.25,beta2=0.125,eps=0.75,weight-decay=2,momentum-decay=3,decay=decoupled"
    ),
    (
      NAdamW(learningRate: 0.5, beta1: 0.25, beta2: 0.125, epsilon: 0.75, weightDecay: 2),
      "nadamw:lr=0.5,beta1=0.25,beta2=0.125,eps=0.75,weight-decay=2"
    ),
    (
      RAdam(learningRate: 0.5, beta1: 0.25, beta2: 0.125, epsilon: 0.75, weightDecay: 2, decayPath: .decoupled),
      "radam:lr=0.5,beta1=0.25,beta2=0.125,eps=0.75,weight-decay=2,decay=decoupled"
    ),
    (
      AdaBelief(learningRate: 0.5, beta1: 0.25, beta2: 0.125, epsilon: 0.75, weightDecay: 2),
      "adabelief:lr=0.5,beta1=0.25,beta2=0.125,eps=0.75,weight-decay=2"
    ),
    (
      Yogi(
        learningRate: 0.5, beta1: 0.25, beta2: 0.125, epsilon: 0.75, initialAccumulator: 3, correctsBias: false,
        weightDecay: 2),
      "yogi:lr=0.5,beta1=0.25,beta2=0.125,eps=0.75,initial-accumulator-value=3,bias-correction=false,weight-decay=2"
    ),
    (
      LaProp(learningRate: 0.5, beta1: 0.25, beta2: 0.125, epsilon: 0.75, weightDecay: 2),
      "laprop:lr=0.5,beta1=0.25,beta2=0.125,eps=0.75,weight-decay=2"
    ),
    (
      QHAdam(learningRate: 0.5, beta1: 0.25, beta2: 0.125, nu1: 0.375, nu2: 0.625, epsilon: 0.75, weightDecay: 2),
      "qhadam:lr=0.5,beta1=0.25,beta2=0.125,nu1=0.375,nu2=0.625,eps=0.75,weight-decay=2"
    ),
    (
      ADOPT(learningRate: 0.5, beta1: 0.25, beta2: 0.125, epsilon: 0.75, clips: false, weightDecay: 2),
      "adopt:lr=0.5,beta1=0.25,beta2=0.125,eps=0.75,clip=false,weight-decay=2"
    ),
    (
      Adan(
        learningRate: 0.5, beta1: 0.25, beta2: 0.125, beta3: 0.375, epsilon: 0.75, weightDecay: 2, decayTime: .before),
      "adan:lr=0.5,beta1=0.25,beta2=0.125,beta3=0.375,eps=0.75,weight-decay=2,decay=before"
    ),
    (
      AdEMAMix(
        learningRate: 0.5, beta1: 0.25, beta2: 0.125, beta3: 0.375, alpha: 3, alphaWarmup: 7, beta3Warmup: 9,
        epsilon: 0.75, weightDecay: 2),
      "ademamix:lr=0.5,beta1=0.25,beta2=0.125,beta3=0.375,alpha=3,alpha-warmup=7,beta3-warmup=9,eps=0.75,weight-decay=2"
    ),
    (
      SimplifiedAdEMAMix(learningRate: 0.5, beta1: 0.25, beta2: 0.125, alpha: 3, epsilon: 0.75, weightDecay: 2),
      "simplified-ademamix:lr=0.5,beta1=0.25,beta2=0.125,alpha=3,eps=0.75,weight-decay=2"
    ),
    (
      Grams(learningRate: 0.5, beta1: 0.25, beta2: 0.125, epsilon: 0.75, weightDecay: 2),
      "grams:lr=0.5,beta1=0.25,beta2=0.125,eps=0.75,weight-decay=2"
    ),
    (
      AdaBound(learningRate: 0.5, beta1: 0.25, beta2: 0.125, finalRate: 3, gamma: 0.375, epsilon: 0.75, weightDecay: 2),
      "adabound:lr=0.5,beta1=0.25,beta2=0.125,final-lr=3,gamma=0.375,eps=0.75,weight-decay=2"
    ),
    (
      MARS(learningRate: 0.5, beta1: 0.25, beta2: 0.125, gamma: 0.375, limit: 3, epsilon: 0.75, weightDecay: 2),
      "mars:lr=0.5,beta1=0.25,beta2=0.125,gamma=0.375,max-norm=3,eps=0.75,weight-decay=2"
    ),
    (
      LARS(learningRate: 0.5, momentum: 0.25, trust: 0.125, epsilon: 0.75, weightDecay: 2),
      "lars:lr=0.5,momentum=0.25,trust-coefficient=0.125,eps=0.75,weight-decay=2"
    ),
    (
      NovoGrad(learningRate: 0.5, beta1: 0.25, beta2: 0.125, epsilon: 0.75, weightDecay: 2, averages: true),
      "novograd:lr=0.5,beta1=0.25,beta2=0.125,eps=0.75,weight-decay=2,grad-averaging=true"
    ),
    (Fromage(learningRate: 0.5), "fromage:lr=0.5"),
    (
      AdamWVariants(
        learningRate: 0.5, beta1: 0.25, beta2: 0.125, epsilon: 0.75, weightDecay: 2, startsFromZero: false,
        correctsBias: false, average: .nested, epsilonPlace: .inside),
      "adamw-variants:lr=0.5,beta1=0.25,beta2=0.125,eps=0.75,weight-decay=2,zero-init=false,bias-correction=false,"
        + "average=nested,eps-place=inside"
    ),
    (AdamWVariants(learningRate: 0.5, correctsBias: false), "adamw-variants:lr=0.5,bias-correction=false"),
    (
      ScheduleFreeSGD(learningRate: 0.5, momentum: 0.25, weightDecay: 0.75, power: 3, ratePower: 4),
      "schedule-free-sgd:lr=0.5,momentum=0.25,weight-decay=0.75,r=3,weight-lr-power=4"
    ),
    (
      ScheduleFreeAdamW(
        learningRate: 0.5, beta1: 0.25, beta2: 0.125, epsilon: 0.75, weightDecay: 2, power: 3, ratePower: 4),
      "schedule-free-adamw:lr=0.5,beta1=0.25,beta2=0.125,eps=0.75,weight-decay=2,r=3,weight-lr-power=4"
    ),
    (
      Prodigy(
        learningRate: 0.5, beta1: 0.25, beta2: 0.125, epsilon: 0.75, weightDecay: 2, firstDistance: 3, coefficient: 4,
        growthRate: 5, correctsBias: true),
      "prodigy:lr=0.5,beta1=0.25,beta2=0.125,eps=0.75,weight-decay=2,d0=3,d-coef=4,growth-rate=5,bias-correction=true"
    ),
    (Prodigy(learningRate: 0.5, safeguardsWarmup: true), "prodigy:lr=0.5,safeguard-warmup=true"),
    (
      Sophia(learningRate: 0.5, beta1: 0.25, beta2: 0.125, gamma: 3, epsilon: 0.75, weightDecay: 2, interval: 7),
      "sophia:lr=0.5,beta1=0.25,beta2=0.125,gamma=3,eps=0.75,weight-decay=2,interval=7"
    ),
    (
      Adafactor(
        learningRate: 0.5, beta1: 0.25, beta2Decay: -0.375, epsilon1: 0.75, epsilon2: 0.125, threshold: 3,
        weightDecay: 2, stepsRelatively: false),
      "adafactor:lr=0.5,beta1=0.25,beta2-decay=-0.375,eps1=0.75,eps2=0.125,d=3,weight-decay=2,relative-step=false"
    ),
    (Adafactor(learningRate: 0.5, scalesByWeights: false), "adafactor:lr=0.5,scale-parameter=false"),
    (
      AdamMini(learningRate: 0.5, beta1: 0.25, beta2: 0.125, epsilon: 0.75, weightDecay: 2),
      "adam-mini:lr=0.5,beta1=0.25,beta2=0.125,eps=0.75,weight-decay=2"
    ),
    (Tiger(learningRate: 0.5, beta: 0.25, weightDecay: 0.75), "tiger:lr=0.5,beta=0.25,weight-decay=0.75"),
    (SignSGD(learningRate: 0.5, momentum: 0.25, weightDecay: 0.75), "sign-sgd:lr=0.5,momentum=0.25,weight-decay=0.75"),
    (
      Muon(
        learningRate: 0.5, momentum: MatrixMomentum(0.25, nesterov: false, form: .sum), weightDecay: 0.75,
        decayForm: .coupled, scale: .none,
        orthogonalizer: Orthogonalizer(
          .jacobi, steps: 7, precision: .float, algorithm: .gram, restart: 4, leastNorm: 0.125),
        blocks: MatrixBlocks(heads: 3, experts: true)),
      "muon:lr=0.5,momentum=0.25,nesterov=false,momentum-form=sum,weight-decay=0.75,decay=coupled,scale=none,eps=0.125,"
        + "steps=7,orthogonalizer=jacobi,precision=f32,algorithm=gram,restart=4,heads=3,experts=true"
    ),
    (
      NorMuon(
        learningRate: 0.5, beta2: 0.25, rootEpsilon: 0.125, side: .shorter, weightDecay: 0.75, decayForm: .coupled,
        scale: .none, blocks: MatrixBlocks(heads: 3)),
      "nor-muon:lr=0.5,weight-decay=0.75,decay=coupled,scale=none,beta2=0.25,root-eps=0.125,norm=shorter,heads=3"
    ),
    (
      AdaMuon(
        learningRate: 0.5, momentum: MatrixMomentum(0.25), beta2: 0.125, rootEpsilon: 0.75, takesSigns: false,
        weightDecay: 0.375),
      "ada-muon:lr=0.5,momentum=0.25,weight-decay=0.375,beta2=0.125,root-eps=0.75,sign=false"
    ),
    (
      MuonClip(learningRate: 0.5, momentum: 0.25, weightDecay: 0.75, orthogonalizer: Orthogonalizer(.svd)),
      "muon-clip:lr=0.5,momentum=0.25,weight-decay=0.75,orthogonalizer=svd"
    ),
    (
      MuonH(learningRate: 0.5, momentum: MatrixMomentum(0.25), blocks: MatrixBlocks(experts: true)),
      "muon-h:lr=0.5,momentum=0.25,experts=true"
    ),
    (
      Scion(learningRate: 0.5, momentum: 0.25, radius: 3, norm: .column, isConstrained: false),
      "scion:lr=0.5,momentum=0.25,radius=3,norm=column,constrained=false"
    ),
    (
      PolarGrad(learningRate: 0.5, weightDecay: 0.75, orthogonalizer: Orthogonalizer(.newtonSchulz(.cans), steps: 4)),
      "polar-grad:lr=0.5,weight-decay=0.75,steps=4,orthogonalizer=cans"
    ),
    (
      SpectralDescent(learningRate: 0.5, weightDecay: 0.75, orthogonalizer: Orthogonalizer(precision: .bfloat16)),
      "spectral-descent:lr=0.5,weight-decay=0.75,precision=bf16"
    ),
    (
      Dion2(
        learningRate: 0.5, fraction: 0.75, errorDecay: 0.25, norm: .l2, weightDecay: 0.125, scale: .none, experts: true),
      "dion2:lr=0.5,fraction=0.75,ef-decay=0.25,by=l2,weight-decay=0.125,scale=none,experts=true"
    ),
    (
      NorDion2(
        learningRate: 0.5, fraction: 0.75, errorDecay: 0.25, norm: .l2, beta2: 0.375, rootEpsilon: 0.625,
        weightDecay: 0.125),
      "nor-dion2:lr=0.5,fraction=0.75,ef-decay=0.25,by=l2,beta2=0.375,root-eps=0.625,weight-decay=0.125"
    ),
    (
      SOAP(
        learningRate: 0.5, beta1: 0.25, beta2: 0.125, shampooBeta: 0.375, epsilon: 0.75, weightDecay: 2,
        preconditionFrequency: 7, maximumDimension: 5),
      "soap:lr=0.5,beta1=0.25,beta2=0.125,shampoo-beta=0.375,eps=0.75,weight-decay=2,precondition-frequency=7,"
        + "max-precondition-dim=5"
    ),
    (
      Shampoo(
        learningRate: 0.5, beta1: 0.25, beta2: 0.125, epsilon: 0.75, weightDecay: 2, preconditionFrequency: 7,
        blockSize: 5, grafting: .rmsprop, graftingBeta2: 0.375, graftingEpsilon: 0.625),
      "shampoo:lr=0.5,beta1=0.25,beta2=0.125,eps=0.75,weight-decay=2,precondition-frequency=7,block-size=5,"
        + "grafting=rmsprop,grafting-beta2=0.375,grafting-eps=0.625"
    ),
    (
      KLShampoo(
        learningRate: 0.5, beta1: 0.25, beta2: 0.125, epsilon: 0.75, weightDecay: 2, preconditionFrequency: 7,
        initialFactor: 0.375, maximumDimension: 5),
      "kl-shampoo:lr=0.5,beta1=0.25,beta2=0.125,eps=0.75,weight-decay=2,precondition-frequency=7,init-factor=0.375,"
        + "max-precondition-dim=5"
    ),
    (
      Kron(
        learningRate: 0.5, momentum: 0.25, weightDecay: 0.75, preconditionRate: 0.125, preconditionFrequency: 7,
        preconditionProbability: 0.375, initialPrecondition: 2, balance: 3, maximumTriangular: 5,
        preconditionsMomentum: false, clip: 0.625, seed: 9),
      "kron:lr=0.5,momentum=0.25,weight-decay=0.75,precondition-lr=0.125,precondition-frequency=7,"
        + "precondition-probability=0.375,precondition-init=2,balance=3,max-triangular=5,"
        + "momentum-into-precondition=false,clip=0.625,seed=9"
    ),
    (
      Dion(learningRate: 0.5, momentum: 0.25, rank: 7, rankPercent: 5, epsilon: 0.75, weightDecay: 2, seed: 9),
      "dion:lr=0.5,momentum=0.25,rank=7,rank-percent=5,eps=0.75,weight-decay=2,seed=9"
    ),
    (
      Steepest(
        .schatten, learningRate: 0.5, p: 3, scalesByDual: false, momentum: 0.25, nesterov: true, weightDecay: 0.75,
        transposed: true, orthogonalizer: Orthogonalizer(.quintic, steps: 7)),
      "steepest:lr=0.5,norm=schatten-p,p=3,dual=false,momentum=0.25,nesterov=true,weight-decay=0.75,transposed=true,"
        + "steps=7,orthogonalizer=quintic"
    ),
  ]

  @Test("say in Swift what they say as text")
  func initializers() throws {
    for (rule, text) in Self.initializers { #expect(try spec(rule).description == text) }
    for rule in Self.types { if let rule = rule as? any Rule.Type { try expectDefaults(rule) } }
    let named = Set(Self.initializers.map { String($0.text.prefix { $0 != ":" }) })
    #expect(named == Set(Catalogue.full.rules.map { $0.name.description }))
  }

  private func spec<R: Rule>(_ rule: R) throws -> OptimizerSpec { try OptimizerSpec(rule) }

  private func expectDefaults<R: Rule>(_: R.Type) throws {
    #expect(try OptimizerSpec(R()).description == R.name.description)
  }
}
