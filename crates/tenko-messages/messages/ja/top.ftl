# What to fix first, where it is drift: the bad state, and what to do about it.
drift-missing-name = 宣言されたリソースの欠落
drift-missing-fix = 今も必要であればコードを適用するか作成してください。不要であれば宣言から削除してください。
drift-changed-name = 宣言からの変更
drift-changed-fix = 誰がなぜ変更したかを確認し、コードを再適用するか、現在の状態を宣言に反映してください。
drift-misplaced-name = 別のテナントまたは環境のアカウント・プロジェクトへの配置違い
drift-misplaced-fix = 本来のアカウント・プロジェクトへ移動するか、誤っているタグまたは宣言を修正してください。
drift-elsewhere_managed-name = 他で管理されているリソース (別の環境のコード)
drift-elsewhere_managed-fix = どの環境に属するかを決め、リソースを破棄せずにコードまたはリソースを移動してください。
drift-unmanaged-name = 管理外のリソース
drift-unmanaged-fix = 作成者を確認し、宣言に追加またはインポートするか (`tenko adopt`)、削除してください。
